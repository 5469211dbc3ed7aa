// One clock for video and court: a picture on the screen says what time it is.
import { useEffect, useState } from "./view.js";

/** Time of a game. With a video it is the time of the picture shown; without, it runs by itself. */
export class Clock {
  /** files: [{ index, start_s, end_s, href }], the videos of the game in order; may be empty. */
  constructor(files, length_s) {
    Object.assign(this, { files, length_s, time_s: 0, playing: false, rate: 1, stop_s: null });
    this.listeners = new Set();
    this.video = null;
    this.file = null;
    this.wanted_s = null; // in the file
    this.asked_s = null; // until its picture is on the screen
  }

  /** The time that is shown, or that is about to be. */
  get moment_s() {
    return this.asked_s ?? this.time_s;
  }

  tell() {
    for (const listener of this.listeners) listener(this);
  }

  /** Take over a video element; answers what lets go of it. */
  attach(video) {
    this.video = video;
    const read = (time_s) => {
      if (this.video !== video || !this.file) return;
      this.time_s = this.file.start_s + time_s;
      if (Math.abs(time_s - this.wanted_s) < 0.2) this.asked_s = null;
      if (this.stop_s != null && this.time_s >= this.stop_s) this.pause();
      this.tell();
    };
    let request = 0;
    const picture = (_, { mediaTime }) => {
      read(mediaTime);
      request = video.requestVideoFrameCallback(picture);
    };
    request = video.requestVideoFrameCallback(picture);
    const on = {
      loadedmetadata: () => {
        if (this.wanted_s != null) video.currentTime = this.wanted_s;
        video.playbackRate = this.rate;
        if (this.playing) video.play();
        this.tell();
      },
      play: () => { this.playing = true; this.tell(); },
      pause: () => {
        if (!video.ended) this.playing = false;
        this.tell();
      },
      ended: () => {
        const next = this.files[this.files.indexOf(this.file) + 1];
        if (next) this.seek(next.start_s);
        else { this.playing = false; this.tell(); }
      },
    };
    for (const [name, listener] of Object.entries(on)) video.addEventListener(name, listener);
    this.seek(this.time_s);
    return () => {
      video.cancelVideoFrameCallback(request);
      for (const [name, listener] of Object.entries(on)) video.removeEventListener(name, listener);
      this.video = null;
      this.file = null;
    };
  }

  seek(time_s) {
    const wanted = Math.min(Math.max(time_s, 0), Math.max(this.length_s - 0.02, 0));
    this.stop_s = null;
    const file = this.files.find((f) => wanted < f.end_s) ?? this.files.at(-1);
    if (!this.video || !file) {
      this.time_s = wanted;
      return this.tell();
    }
    // A little later, so that rounding does not show the picture before.
    this.asked_s = wanted;
    this.wanted_s = Math.max(wanted - file.start_s, 0) + 0.001;
    if (file !== this.file) {
      this.file = file;
      this.video.src = file.href;
    } else if (this.video.readyState > 0) {
      this.video.currentTime = this.wanted_s;
    }
    return this.tell();
  }

  play(until_s = null) {
    this.stop_s = until_s;
    this.playing = true;
    if (this.video) this.video.play().catch(() => { this.playing = false; this.tell(); });
    else this.run();
    this.tell();
  }

  pause() {
    this.playing = false;
    this.stop_s = null;
    this.video?.pause();
    this.tell();
  }

  toggle() {
    if (this.playing) this.pause();
    else this.play();
  }

  /** Without a video: go on with the time of day. */
  run() {
    let before = performance.now();
    const step = (now) => {
      if (!this.playing || this.video) return;
      this.time_s = Math.min(this.time_s + (this.rate * (now - before)) / 1000, this.length_s);
      before = now;
      if (this.time_s >= (this.stop_s ?? this.length_s)) this.pause();
      this.tell();
      requestAnimationFrame(step);
    };
    requestAnimationFrame(step);
  }

  setRate(rate) {
    this.rate = rate;
    if (this.video) this.video.playbackRate = rate;
    this.tell();
  }
}

/** The time that is shown now; whoever uses it is drawn anew with each picture. */
export function useNow(clock) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = () => redraw((count) => count + 1);
    clock.listeners.add(listener);
    listener();
    return () => clock.listeners.delete(listener);
  }, [clock]);
  return clock.time_s;
}

// Who is where at a moment: rows of the game, fetched a stretch at a time and joined in between.
import { useEffect, useState } from "./view.js";
import { gamePath, get } from "./api.js";

const STRETCH_S = 10;
const LONGEST_GAP_S = 1.2; // samples further apart are not joined
const NUMBERS = ["x_min_px", "y_min_px", "x_max_px", "y_max_px", "court_x_m", "court_y_m"];

/** What is between two samples; what one of them lacks is lacking. */
function between(before, after, part) {
  const made = { ...before };
  for (const name of NUMBERS) {
    const [from, to] = [before[name], after[name]];
    made[name] = from == null || to == null ? (part < 0.5 ? from : to) : from + part * (to - from);
  }
  return made;
}

function lastAtOrBefore(rows, time_s) {
  let [low, high] = [0, rows.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (rows[middle].time_s <= time_s) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

export class Frames {
  constructor(game, length_s) {
    Object.assign(this, { game, length_s });
    this.stretches = new Map();
    this.listeners = new Set();
  }

  /** Forget what was fetched, as after a correction. */
  forget() {
    this.stretches.clear();
    this.tell();
  }

  tell() {
    for (const listener of this.listeners) listener();
  }

  /** Fetch what is needed at a time and soon after. */
  need(time_s) {
    for (const at_s of [time_s, time_s + STRETCH_S / 2]) {
      const number = Math.floor(at_s / STRETCH_S);
      if (at_s <= this.length_s && !this.stretches.has(number)) this.fetch(number);
    }
  }

  async fetch(number) {
    const stretch = { people: [], ball: [], clock: [], ready: false };
    this.stretches.set(number, stretch);
    const span = {
      from: Math.max(number * STRETCH_S - LONGEST_GAP_S, 0),
      to: (number + 1) * STRETCH_S + LONGEST_GAP_S,
    };
    try {
      const { rows, ball, clock } = await get(gamePath(this.game, "/frames"), span);
      const people = new Map();
      for (const row of rows) {
        if (!people.has(row.tracklet_id)) people.set(row.tracklet_id, []);
        people.get(row.tracklet_id).push(row);
      }
      stretch.people = [...people.values()];
      for (const samples of stretch.people) samples.sort((a, b) => a.time_s - b.time_s);
      Object.assign(stretch, { ball, clock, ready: true });
      this.tell();
    } catch (error) {
      this.stretches.delete(number);
      throw error;
    }
  }

  isReady(time_s) {
    return Boolean(this.stretches.get(Math.floor(time_s / STRETCH_S))?.ready);
  }

  /** The ball and the score bug at a time; null where they are not seen. */
  beside(time_s) {
    const stretch = this.stretches.get(Math.floor(time_s / STRETCH_S));
    if (!stretch) return { ball: null, clock: null };
    const clock = stretch.clock[lastAtOrBefore(stretch.clock, time_s + 1e-4)];
    return {
      ball: sampleAt(stretch.ball, time_s),
      clock: clock && time_s - clock.time_s < LONGEST_GAP_S ? clock : null,
    };
  }

  /** Everybody at a time: rows of the game, with boxes and places between its samples. */
  at(time_s) {
    const stretch = this.stretches.get(Math.floor(time_s / STRETCH_S));
    return stretch ? stretch.people.map((samples) => sampleAt(samples, time_s)).filter(Boolean) : [];
  }
}

function sampleAt(samples, time_s) {
  const place = lastAtOrBefore(samples, time_s + 1e-4);
  if (place < 0) return null;
  const [before, after] = [samples[place], samples[place + 1]];
  if (time_s - before.time_s < 1e-3) return before;
  if (!after) return time_s - before.time_s < 0.1 ? before : null;
  const gap_s = after.time_s - before.time_s;
  return gap_s > LONGEST_GAP_S ? null : between(before, after, (time_s - before.time_s) / gap_s);
}

/** Everybody at the time of the clock. */
export function usePeople(frames, time_s) {
  const [, redraw] = useState(0);
  useEffect(() => {
    const listener = () => redraw((count) => count + 1);
    frames.listeners.add(listener);
    return () => frames.listeners.delete(listener);
  }, [frames]);
  useEffect(() => frames.need(time_s), [frames, Math.floor(time_s)]);
  return frames.at(time_s);
}

// The game as lines of time: shots of the camera, possessions, events, and each player's tracklets.
import { html, useRef } from "./view.js";
import { useNow } from "./clock.js";
import { minutes, nameOf, share, surname, words } from "./format.js";
import { sideOf } from "./stage.js";

const TICKS_S = [1, 2, 5, 10, 30, 60, 300, 600, 1800];
const MOST_MARKS = 1500;
const LASTING = new Set(["possession", "touch", "lane stay", "defence"]);

/** First and last second that the timeline shows, around the time of the clock. */
export function windowAt(time_s, length_s, span_s) {
  const span = Math.min(span_s ?? length_s, length_s);
  const start = Math.min(Math.max(time_s - span / 2, 0), length_s - span);
  return [start, start + span];
}

function Bars({ rows, shown, look, about }) {
  const [start, end] = shown;
  const percent = (time_s) => `${((100 * (time_s - start)) / (end - start)).toFixed(3)}%`;
  const inside = rows.filter((row) => (row.end_s ?? row.start_s) >= start && row.start_s <= end);
  return inside.slice(0, MOST_MARKS).map((row, index) => {
    const [from, to] = [Math.max(row.start_s, start), Math.min(Math.max(row.end_s ?? 0, row.start_s), end)];
    const width = Math.max((100 * (to - from)) / (end - start), 0.25);
    return html`<rect key=${index} class=${look(row)} x=${percent(from)} width=${`${width.toFixed(3)}%`}
      y="0" height="100%" opacity=${row.opacity ?? 1}><title>${about(row)}</title></rect>`;
  });
}

function Lane({ name, title, tall, chosen, onName, ...bars }) {
  return html`<div class=${`lane ${tall ? "tall" : ""} ${chosen ? "chosen" : ""}`}>
    ${onName
      ? html`<button type="button" class="name" aria-pressed=${chosen} title=${title} onClick=${onName}>${name}</button>`
      : html`<span class="name">${name}</span>`}
    <svg width="100%" height="100%" aria-hidden="true"><${Bars} ...${bars} /></svg>
  </div>`;
}

function Ruler({ shown }) {
  const [start, end] = shown;
  const step = TICKS_S.find((tick) => (end - start) / tick <= 8) ?? 3600;
  const ticks = [];
  for (let at = Math.ceil(start / step) * step; at <= end; at += step) ticks.push(at);
  return html`<div class="lane ruler"><span class="name"></span>
    <svg width="100%" height="100%" aria-hidden="true">${ticks.map((at) => {
      const x = `${(100 * (at - start)) / (end - start)}%`;
      const anchor = at - start < step / 4 ? "start" : end - at < step / 4 ? "end" : "middle";
      return html`<g key=${at}><line x1=${x} x2=${x} y1="70%" y2="100%" />
        <text x=${x} y="60%" text-anchor=${anchor}>${minutes(at)}</text></g>`;
    })}</svg></div>`;
}

const whoIs = (row) => `${nameOf(row)}${row.identity_prob == null ? "" : `, ${share(row.identity_prob)}`}`;

/** Players with a tracklet, of the home team first; each with its tracklets. */
function lanesOfPlayers(game, tracklets) {
  const lanes = new Map();
  for (const row of tracklets) {
    if (!row.player_id) continue;
    if (!lanes.has(row.player_id)) lanes.set(row.player_id, { ...row, rows: [], seen_s: 0 });
    const lane = lanes.get(row.player_id);
    lane.rows.push({ ...row, opacity: 0.35 + 0.65 * (row.identity_prob ?? 0) ** 3 });
    lane.seen_s += row.end_s - row.start_s;
  }
  const order = (lane) => (sideOf(game, lane) === "home" ? 0 : 1);
  return [...lanes.values()].sort((a, b) => order(a) - order(b) || b.seen_s - a.seen_s);
}

export function Timeline({ game, clock, segments, events, tracklets, player, onPlayer, span_s }) {
  const time_s = useNow(clock);
  const field = useRef(null);
  const shown = windowAt(time_s, clock.length_s, span_s);
  const goTo = (event) => {
    if (event.target.closest("button")) return;
    const { left, width } = field.current.querySelector(".ruler svg").getBoundingClientRect();
    const part = (event.clientX - left) / width;
    if (part >= 0 && part <= 1) clock.seek(shown[0] + part * (shown[1] - shown[0]));
  };
  const keys = {
    ArrowLeft: () => clock.seek(time_s - 1), ArrowRight: () => clock.seek(time_s + 1),
    PageUp: () => clock.seek(time_s - 10), PageDown: () => clock.seek(time_s + 10),
    Home: () => clock.seek(0), End: () => clock.seek(clock.length_s),
  };
  const press = (event) => {
    if (event.target !== event.currentTarget || !keys[event.key]) return;
    event.preventDefault();
    keys[event.key]();
  };
  const part = (time_s - shown[0]) / (shown[1] - shown[0]);
  const possessions = events.filter((event) => event.kind === "possession");
  const touches = events.filter((event) => event.kind === "touch");
  const marks = events.filter((event) => !LASTING.has(event.kind) && event.start_s != null);
  const lanes = lanesOfPlayers(game, tracklets);
  const aboutEvent = (e) => `${minutes(e.start_s, true)} ${words(e.kind)}: ${e.player_id ? nameOf(e) : e.team_id ?? ""}`;
  return html`<div class="timeline" ref=${field} onClick=${goTo}>
    <div class="hand" role="slider" tabindex="0" aria-label="Time of the game" aria-valuemin="0"
        aria-valuemax=${clock.length_s} aria-valuenow=${time_s.toFixed(2)} aria-valuetext=${minutes(time_s, true)}
        onKeyDown=${press}>
      <div class="needle" style=${{ left: `${100 * part}%` }}></div></div>
    <${Ruler} shown=${shown} />
    <${Lane} name="camera" rows=${segments} shown=${shown} look=${(s) => `view-${s.view}`}
      about=${(s) => `camera shot ${s.segment_index}: ${s.view}`} />
    <${Lane} name="possessions" rows=${possessions} shown=${shown} look=${(p) => sideOf(game, p)}
      about=${aboutEvent} />
    <${Lane} name="touches" rows=${touches} shown=${shown} look=${(p) => sideOf(game, p)} about=${aboutEvent} />
    <${Lane} name="events" tall rows=${marks.map((e) => ({ ...e, end_s: e.kind === "violation" ? e.end_s : null }))} shown=${shown} look=${(e) => `mark kind-${e.kind} ${sideOf(game, e)}`}
      about=${aboutEvent} />
    ${lanes.map((lane) => html`<${Lane} key=${lane.player_id} name=${surname(nameOf(lane))} title=${nameOf(lane)}
      chosen=${player === lane.player_id} rows=${lane.rows} shown=${shown} look=${() => sideOf(game, lane)}
      about=${whoIs} onName=${() => onPlayer(player === lane.player_id ? null : lane.player_id)} />`)}
  </div>`;
}

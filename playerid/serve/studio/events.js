// What happened, as a list: a click goes there; each has its clip.
import { html, useState } from "./view.js";
import { address, gamePath } from "./api.js";
import { minutes, nameOf, number, words } from "./format.js";
import { sideOf } from "./stage.js";

const MARGIN_S = 1.5; // shown before and after an event
const AT_FIRST = 100;
const QUIET = ["touch", "lane stay", "defence"]; // many, and not asked for at first

export const spanOf = (event, length_s) => [
  Math.max(event.start_s - MARGIN_S, 0),
  Math.min((event.end_s ?? event.start_s) + MARGIN_S, length_s),
];

/** One line about an event, of the row of its view. */
export function describe({ kind, details: d = {}, player_name, player_id, ...event }) {
  const facts = {
    violation: () => [d.kind, d.grade, `${number(d.min_duration_s, 1)} to ${number(d.max_duration_s, 1)} s`],
    shot: () => [
      d.kind, d.distance_m == null ? null : `${number(d.distance_m, 1)} m`,
      d.is_made == null ? null : d.is_made ? "fell" : "did not fall",
    ],
    possession: () => [`${number(d.duration_s, 1)} s`, d.ended_by, d.points ? `${d.points} points` : null],
    touch: () => [`${number(d.duration_s, 1)} s`, d.is_drive ? "drive" : null, d.is_paint_touch ? "in the lane" : null],
    pass: () => [d.length_m == null ? null : `${number(d.length_m, 1)} m`],
    rebound: () => [d.is_offensive == null ? null : d.is_offensive ? "offensive" : "defensive"],
    cut: () => [d.neared_m == null ? null : `${number(d.neared_m, 1)} m nearer`, d.got_ball ? "got the ball" : null, d.is_shot ? "shot" : null],
    screen: () => [d.is_pick_and_roll ? "pick and roll" : null, d.ended_by],
    closeout: () => [d.closing_mps == null ? null : `${number(d.closing_mps, 1)} m/s`, d.outcome],
    "fast break": () => [d.attackers == null ? null : `${d.attackers} against ${d.defenders_back}`, d.ended_by, d.points ? `${d.points} points` : null],
    defence: () => [d.zone_prob == null ? null : `zone ${number(d.zone_prob, 2)}, not calibrated`],
    called: () => [d.kind, d.detail, d.description],
  }[kind] ?? (() => []);
  return facts().filter(Boolean).map(String).join(" · ");
}

export function Events({ game, clock, events, length_s }) {
  const kinds = [...new Set(events.map((event) => event.kind))];
  const [off, setOff] = useState(new Set(QUIET));
  const [most, setMost] = useState(AT_FIRST);
  const flip = (kind) => {
    const next = new Set(off);
    if (!next.delete(kind)) next.add(kind);
    setOff(next);
  };
  const listed = events.filter((event) => !off.has(event.kind));
  return html`<section class="events" aria-labelledby="events-title">
    <h2 id="events-title">Events <span class="quiet">${listed.length}</span></h2>
    <div class="chips">${kinds.map((kind) => html`
      <button key=${kind} type="button" class="chip" aria-pressed=${!off.has(kind)} onClick=${() => flip(kind)}>
        ${words(kind)} ${events.filter((event) => event.kind === kind).length}</button>`)}
    </div>
    <ol>${listed.slice(0, most).map((event, index) => html`
      <${Line} key=${index} ...${{ game, clock, event, length_s }} />`)}
    </ol>
    ${listed.length > most && html`<button type="button" onClick=${() => setMost(most + 500)}>
      ${listed.length - most} more</button>`}
    ${!listed.length && html`<p class="quiet">Nothing of these kinds was seen.</p>`}
  </section>`;
}

function Line({ game, clock, event, length_s }) {
  if (event.start_s == null) {
    return html`<li><span class="row"><span class="when">–</span><span class="what">${words(event.kind)}</span>
      <span class="about">${describe(event)}</span></span></li>`;
  }
  const [from, to] = spanOf(event, length_s);
  const watch = () => {
    clock.seek(event.start_s);
    clock.play(to);
  };
  const who = event.player_id ? nameOf(event) : event.team_name ?? "";
  return html`<li>
    <button type="button" class="row" onClick=${() => clock.seek(event.start_s)} onDblClick=${watch}>
      <span class="when">${minutes(event.start_s, true)}</span>
      <span class=${`what ${sideOf(game, event)}`}>${words(event.kind)}</span>
      <span class="about">${[who, describe(event)].filter(Boolean).join(" · ")}</span>
    </button>
    ${clock.files.length > 0 && html`<a class="clip" download
      href=${address(gamePath(game.game_id, "/clip"), { from: from.toFixed(2), to: to.toFixed(2) })}
      aria-label=${`Export the clip of ${words(event.kind)} at ${minutes(event.start_s, true)}`}>clip</a>`}
  </li>`;
}

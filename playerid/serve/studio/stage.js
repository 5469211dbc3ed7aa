// The video beside the court: boxes over the picture, dots on the plan, one clock.
import { html, useEffect, useRef } from "./view.js";
import { useNow } from "./clock.js";
import { Court, scaleOf } from "./court.js";
import { DASH, minutes, nameOf, number, plays, share, surname } from "./format.js";
import { usePeople } from "./frames.js";

/** Colours are by side: home, away, referee, unknown. */
export function sideOf(game, person) {
  if (person.role === "referee") return "referee";
  if (person.team_id && person.team_id === game.home_team_id) return "home";
  return person.team_id && person.team_id === game.away_team_id ? "away" : "unknown";
}

function labelOf(person) {
  if (person.role === "referee") return "referee";
  if (person.role === "other") return "not playing";
  if (!person.player_id) return person.jersey_number ? `#${person.jersey_number}?` : "?";
  return `#${person.jersey_number ?? ""} ${surname(nameOf(person))}`;
}

const chance = (person) => (person.identity_prob == null ? "" : ` ${share(person.identity_prob)}`);

function Box({ game, person, chosen, dim, onChoose }) {
  if (person.x_min_px == null) return null;
  const [width, height] = [person.x_max_px - person.x_min_px, person.y_max_px - person.y_min_px];
  const label = labelOf(person) + chance(person);
  return html`<g class=${`box ${sideOf(game, person)} ${chosen ? "chosen" : ""} ${dim ? "dim" : ""}`}
      data-tracklet=${person.tracklet_id} onClick=${() => onChoose?.(person)}>
    <rect x=${person.x_min_px} y=${person.y_min_px} width=${width} height=${height} rx="3" />
    <g class="label" transform=${`translate(${person.x_min_px + width / 2} ${person.y_min_px - 6})`}>
      <rect x=${-label.length * 5 - 6} y="-17" width=${label.length * 10 + 12} height="21" rx="3" />
      <text>${label}</text>
    </g>
  </g>`;
}

function Dot({ game, person, scale, chosen, dim, onChoose }) {
  if (person.court_x_m == null || person.role === "other") return null;
  const label = person.role === "referee" ? "" : person.jersey_number ?? "?";
  return html`<g class=${`dot ${sideOf(game, person)} ${chosen ? "chosen" : ""} ${dim ? "dim" : ""}`}
      transform=${`translate(${person.court_x_m.toFixed(3)} ${(-person.court_y_m).toFixed(3)}) scale(${scale})`}
      onClick=${() => onChoose?.(person)}>
    <circle r=${person.role === "referee" ? 0.45 : 0.72} /><text y=".3">${label}</text>
    <title>${labelOf(person) + chance(person)}</title>
  </g>`;
}

/** Video and plan. `isChosen` tells who is meant; with anybody meant, the others are dimmed. */
export function Stage({ game, clock, frames, court, show, isChosen, anyChosen, onChoose }) {
  const video = useRef(null);
  useEffect(() => (video.current ? clock.attach(video.current) : undefined), [clock]);
  const time_s = useNow(clock);
  const people = usePeople(frames, time_s);
  const { ball, clock: bug } = frames.beside(time_s);
  const about = (person) => ({
    key: person.tracklet_id, game, person, onChoose, scale: scaleOf(court),
    chosen: anyChosen && isChosen(person), dim: anyChosen && !isChosen(person),
  });
  const [width, height] = [video.current?.videoWidth || 1280, video.current?.videoHeight || 720];
  return html`<div class="stage">
    ${clock.files.length > 0 && html`<div class="picture">
      <video ref=${video} playsinline muted preload="auto" aria-label="Video of the game"
        onClick=${() => clock.toggle()}></video>
      ${show.boxes && html`<svg class=${`boxes ${show.names ? "names" : ""}`} viewBox=${`0 0 ${width} ${height}`}
          data-time=${time_s} aria-hidden="true">
        ${ball?.x_min_px != null && html`<circle class="ball" cx=${(ball.x_min_px + ball.x_max_px) / 2}
          cy=${(ball.y_min_px + ball.y_max_px) / 2} r=${Math.max(ball.x_max_px - ball.x_min_px, 12) / 2 + 3} />`}
        ${people.filter((p) => p.role !== "other" || isChosen(p)).map((p) => html`<${Box} ...${about(p)} />`)}
      </svg>`}
    </div>`}
    <div class="plan" data-time=${time_s} data-ready=${frames.isReady(time_s)}>
      <${Court} court=${court} label="Where everybody is on the court">
        ${people.map((p) => html`<${Dot} ...${about(p)} />`)}
      </${Court}>
      <p class="bug">${bug
        ? html`<b>${bug.period ? `P${bug.period}` : ""} ${bug.game_clock_s == null ? "" : minutes(bug.game_clock_s, bug.game_clock_s < 60)}</b>
          <span>${game.away_team_name} ${bug.away_score ?? DASH} · ${game.home_team_name} ${bug.home_score ?? DASH}</span>
          ${bug.shot_clock_s != null && html`<span class="quiet">shot clock ${number(bug.shot_clock_s)}</span>`}`
        : html`<span class="quiet">The clock is not seen.</span>`}</p>
      <div class="five">${[game.home_team_id, game.away_team_id].map((team) => html`
        <${Five} key=${team} people=${people.filter((p) => plays(p) && p.team_id === team)}
          ...${{ game, isChosen, anyChosen, onChoose }} />`)}</div>
    </div>
  </div>`;
}

/** Who of a team is seen just now, by number; those without a name are counted. */
function Five({ game, people, isChosen, anyChosen, onChoose }) {
  const named = people.filter((p) => p.player_id)
    .sort((a, b) => Number(a.jersey_number) - Number(b.jersey_number) || a.tracklet_id - b.tracklet_id);
  const others = people.length - named.length;
  return html`<ul class=${people.length ? sideOf(game, people[0]) : ""}>${named.map((p) => html`
    <li key=${p.tracklet_id}><button type="button" class="row" aria-pressed=${anyChosen && isChosen(p)}
      onClick=${() => onChoose?.(p)}><span class="no">${p.jersey_number}</span> <span>${surname(nameOf(p))}</span>
      <span class="quiet">${share(p.identity_prob)}</span></button></li>`)}
    ${others > 0 && html`<li class="quiet">${others} without a name</li>`}</ul>`;
}

/** Buttons that move the clock, and what is drawn. */
export function Transport({ clock, show, setShow, step_s }) {
  const time_s = useNow(clock);
  const flip = (name) => () => setShow({ ...show, [name]: !show[name] });
  return html`<div class="transport" role="toolbar" aria-label="Playback">
    <button type="button" class="play" onClick=${() => clock.toggle()} aria-keyshortcuts="Space">
      ${clock.playing ? "Pause" : "Play"}</button>
    <button type="button" title="five seconds back" onClick=${() => clock.seek(time_s - 5)}>−5 s</button>
    <button type="button" aria-label="One picture back" onClick=${() => clock.seek(time_s - step_s)}>‹</button>
    <button type="button" aria-label="One picture on" onClick=${() => clock.seek(time_s + step_s)}>›</button>
    <button type="button" title="five seconds on" onClick=${() => clock.seek(time_s + 5)}>+5 s</button>
    <output class="now">${minutes(time_s, true)}</output>
    <label>speed <select value=${clock.rate} onChange=${(e) => clock.setRate(Number(e.target.value))}>
      ${[0.25, 0.5, 1, 2].map((rate) => html`<option key=${rate} value=${rate}>${rate} ×</option>`)}
    </select></label>
    <label><input type="checkbox" checked=${show.boxes} onChange=${flip("boxes")} /> boxes</label>
    <label><input type="checkbox" checked=${show.names} onChange=${flip("names")} /> names</label>
  </div>`;
}

/** Keys of the whole page, unless somebody writes or chooses something. */
export function useKeys(clock, step_s, more = {}) {
  useEffect(() => {
    const keys = {
      " ": () => clock.toggle(),
      ArrowLeft: () => clock.seek(clock.moment_s - 1),
      ArrowRight: () => clock.seek(clock.moment_s + 1),
      ",": () => clock.seek(clock.time_s - step_s),
      ".": () => clock.seek(clock.time_s + step_s),
      ...more,
    };
    const listener = (event) => {
      const busy = event.target.closest?.("input, select, textarea, button, a, summary, [role=slider]");
      if (busy || event.ctrlKey || event.metaKey || event.altKey || !keys[event.key]) return;
      event.preventDefault();
      keys[event.key]();
    };
    addEventListener("keydown", listener);
    return () => removeEventListener("keydown", listener);
  }, [clock]);
}


// A game: video beside court, the timeline, and what happened.
import { html, useEffect, useMemo, useState } from "./view.js";
import { get, gamePath, rowsOf } from "./api.js";
import { Clock } from "./clock.js";
import { useCourt } from "./court.js";
import { Events } from "./events.js";
import { minutes, number, share, visible } from "./format.js";
import { Frames } from "./frames.js";
import { parameters, remember } from "./place.js";
import { Stage, Transport, useKeys } from "./stage.js";
import { Timeline } from "./timeline.js";

const SPANS = [[null, "whole game"], [600, "10 min"], [60, "1 min"], [15, "15 s"]];

/** The videos of a game with the times that they cover. */
export function filesOf(videos, segments) {
  return videos.map((video) => {
    const mine = segments.filter((segment) => segment.video_index === video.index);
    return {
      ...video,
      start_s: mine[0]?.video_start_s ?? 0,
      end_s: Math.max(...mine.map((segment) => segment.end_s), 0),
    };
  }).filter((file) => file.end_s > file.start_s);
}

/** An event with the row of its view as an object. */
const told = (event) => ({
  ...event, details: typeof event.details === "string" ? JSON.parse(event.details) : event.details ?? {},
});

/** Everything that the page of a game stands on; null until it is here. */
export function useGame(id) {
  const [found, setFound] = useState(null);
  const load = () => Promise.all([
    get(gamePath(id)), rowsOf(gamePath(id, "/segments")), rowsOf(gamePath(id, "/events")),
    rowsOf(gamePath(id, "/identities")),
  ]).then(([summary, segments, events, tracklets]) => setFound({
    ...summary, segments, tracklets, events: events.map(told),
  }));
  useEffect(() => { load(); }, [id]);
  return [found, load];
}

/** The clock keeps its moment in the address: at rest, and once a second while it runs. */
export function useMomentInAddress(clock) {
  useEffect(() => {
    if (!clock) return undefined;
    let kept = null;
    const keep = () => {
      const now = clock.moment_s.toFixed(clock.playing ? 0 : 2);
      if (now !== kept) remember({ t: (kept = now) });
    };
    const asked = Number(parameters().t);
    if (asked > 0) clock.seek(asked);
    let timer = 0;
    const listener = () => { timer ||= setTimeout(() => { timer = 0; keep(); }, 250); };
    clock.listeners.add(listener);
    return () => { clearTimeout(timer); clock.listeners.delete(listener); };
  }, [clock]);
}

export const titleOf = ({ game }) => `${game.away_team_name ?? game.away_team_id} at ${game.home_team_name ?? game.home_team_id}`;

export default function GamePage({ part: id }) {
  const [found] = useGame(id);
  useEffect(() => { if (found) document.title = `${visible(titleOf(found))} · playerid`; }, [found]);
  return found ? html`<${Watch} found=${found} />` : html`<p class="quiet">Loading the game …</p>`;
}

function Watch({ found }) {
  const { teams, videos, segments, events, tracklets } = found;
  const game = { ...found.game, home_team_name: teams[0].name, away_team_name: teams[1].name };
  const length_s = Math.max(...segments.map((segment) => segment.end_s), game.duration_s ?? 0);
  const clock = useMemo(() => new Clock(filesOf(videos, segments), length_s), []);
  const frames = useMemo(() => new Frames(game.game_id, length_s), []);
  const court = useCourt(game.game_id);
  const [show, setShow] = useState({ boxes: true, names: false });
  const [player, setPlayer] = useState(parameters().player ?? null);
  const [span, setSpan] = useState(length_s > 900 ? 600 : null);
  const step_s = 1 / 25;
  useMomentInAddress(clock);
  useKeys(clock, step_s, {
    b: () => setShow((now) => ({ ...now, boxes: !now.boxes })),
    n: () => setShow((now) => ({ ...now, names: !now.names })),
  });
  const choose = (id) => { setPlayer(id); remember({ player: id }); };
  const named = new Map(teams.map((team) => [team.team_id, team.name]));
  const known = events.map((event) => ({ ...event, team_name: named.get(event.team_id) }));
  const listed = player ? known.filter((event) => concerns(event, player)) : known;
  return html`
    <div class="heading"><div><h1>${titleOf({ game })}</h1>
      <ul class="facts">
        <li>${game.date ?? "day not known"}, ${game.league.toUpperCase()} ${game.season}</li>
        <li class="key home">${game.home_team_name}</li><li class="key away">${game.away_team_name}</li>
        <li>${minutes(game.main_view_s)} of ${minutes(game.duration_s)} in the main view</li>
        <li>court ${share(game.court_coverage)}</li><li>named ${share(game.identity_coverage)}</li>
        ${game.cpu_s != null && html`<li>${number(game.cpu_s)} s of CPU</li>`}
      </ul></div>
      <p class="actions"><a class="button" href=${`/games/${encodeURIComponent(game.game_id)}/correct`}>Correct names</a>
        <${SendLink} /></p></div>
    <${Stage} ...${{ game, clock, frames, court, show }} anyChosen=${Boolean(player)}
      isChosen=${(person) => person.player_id === player}
      onChoose=${(person) => choose(person.player_id === player ? null : person.player_id)} />
    <${Transport} ...${{ clock, show, setShow, step_s }} />
    <div class="tools">
      <label>player <select value=${player ?? ""} onChange=${(e) => choose(e.target.value || null)}>
        <option value="">everybody</option>
        ${teams.map((team) => html`<optgroup key=${team.team_id} label=${team.name}>
          ${team.players.map((p) => html`<option key=${p.player_id} value=${p.player_id}>
            ${p.jersey_number} ${p.player_name}</option>`)}</optgroup>`)}
      </select></label>
      <label>shown <select value=${span ?? ""} onChange=${(e) => setSpan(Number(e.target.value) || null)}>
        ${SPANS.filter(([s]) => !s || s < length_s).map(([s, name]) => html`<option key=${name} value=${s ?? ""}>${name}</option>`)}
      </select></label>
      ${player && html`<a href=${`/players?player=${encodeURIComponent(player)}&season=${encodeURIComponent(game.season)}`}>
        this player over games</a>`}
    </div>
    <${Timeline} ...${{ game, clock, segments, tracklets, player }} events=${listed} onPlayer=${choose} span_s=${span} />
    <${Events} ...${{ game, clock, length_s }} events=${listed} />
    <p class="quiet keys">Keys: space plays, ← → a second, , . a picture, B boxes, N names.</p>`;
}

const concerns = (event, player) =>
  event.player_id === player || Object.entries(event.details ?? {}).some(
    ([name, value]) => name.endsWith("_id") ? value === player
      : name.endsWith("_ids") && typeof value === "string" && value.split(",").includes(player),
  );

function SendLink() {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(location.href);
    setCopied(true);
    setTimeout(() => setCopied(false), 2000);
  };
  return html`<button type="button" onClick=${copy}>${copied ? "Copied" : "Copy link to this moment"}</button>`;
}

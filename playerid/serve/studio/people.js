// Players and teams over a game, some dates or a season; each number opens its moments.
import { html, useEffect, useState } from "./view.js";
import { address, get, rowsOf } from "./api.js";
import { HeatMap, ShotChart } from "./charts.js";
import { useCourt } from "./court.js";
import { minutes, number, share } from "./format.js";
import { MEASURES, VIEWS, aboutRow, spanOfRow, valueOf } from "./measures.js";
import { parameters, remember } from "./place.js";

const SIDES = [["all", "all"], ["true", "on offence"], ["false", "on defence"]];
const MOST_MOMENTS = 200;

/** View -> the sport that alone has it, or null; null until it is known. */
function useSportOf() {
  const [sports, setSports] = useState(null);
  useEffect(() => {
    get("/v1/statistics").then(({ rows }) => setSports(Object.fromEntries(rows.map((r) => [r.name, r.sport]))));
  }, []);
  return sports;
}

/** Players and teams by what names them: "player:7" or "team:BOS". */
function subjectsOf(players, games) {
  const found = new Map();
  for (const game of games) {
    for (const side of ["home", "away"]) {
      found.set(`team:${game[`${side}_team_id`]}`, { kind: "team", id: game[`${side}_team_id`], name: game[`${side}_team_name`] });
    }
  }
  for (const row of players) {
    found.set(`player:${row.player_id}`, { kind: "player", id: row.player_id, name: row.player_name ?? row.player_id, ...row });
  }
  return found;
}

function asked() {
  const { player, team, with: other, ...rest } = parameters();
  return { ...rest, subject: player ? `player:${player}` : team ? `team:${team}` : rest.subject, other };
}

export default function PeoplePage() {
  const [place, setPlace] = useState(asked);
  const [games, setGames] = useState(null);
  const [players, setPlayers] = useState([]);
  useEffect(() => {
    document.title = "Players and teams · playerid";
    Promise.all([rowsOf("/v1/games", { limit: 1000 }), rowsOf("/v1/players", { limit: 1000 })])
      .then(([g, p]) => { setGames(g); setPlayers(p); });
  }, []);
  if (!games) return html`<h1>Players and teams</h1><p class="quiet">Loading …</p>`;
  const change = (values) => {
    const next = { ...place, ...values };
    setPlace(next);
    remember({ player: null, team: null, subject: next.subject, with: next.other, season: next.season,
      from: next.from, to: next.to, game: next.game });
  };
  const subjects = subjectsOf(players, games);
  const chosen = [place.subject, place.other].map((name) => subjects.get(name)).filter(Boolean);
  const seasons = [...new Set(games.map((game) => game.season))];
  const choice = (label, value, name, empty) => html`<label>${label} <select value=${value ?? ""}
      onChange=${(e) => change({ [name]: e.target.value || null })}><option value="">${empty}</option>
      ${["team", "player"].map((kind) => html`<optgroup key=${kind} label=${`${kind}s`}>
        ${[...subjects].filter(([, s]) => s.kind === kind).map(([key, s]) => html`<option key=${key} value=${key}>${s.name}</option>`)}
      </optgroup>`)}</select></label>`;
  return html`<h1>${chosen.length ? chosen.map((s) => s.name).join(" and ") : "Players and teams"}</h1>
    <div class="tools">${choice("who", place.subject, "subject", "choose")}${choice("beside", place.other, "other", "nobody")}
      <label>season <select value=${place.season ?? ""} onChange=${(e) => change({ season: e.target.value || null })}>
        <option value="">all</option>${seasons.map((s) => html`<option key=${s} value=${s}>${s}</option>`)}</select></label>
      <label>from <input type="date" value=${place.from ?? ""} onChange=${(e) => change({ from: e.target.value })} /></label>
      <label>to <input type="date" value=${place.to ?? ""} onChange=${(e) => change({ to: e.target.value })} /></label>
      <label>game <select value=${place.game ?? ""} onChange=${(e) => change({ game: e.target.value || null })}>
        <option value="">all</option>${games.map((g) => html`<option key=${g.game_id} value=${g.game_id}>
          ${g.date} ${g.away_team_name} at ${g.home_team_name}</option>`)}</select></label>
    </div>
    ${chosen.length
      ? html`<${Compared} key=${JSON.stringify(place)} ...${{ chosen, place, games, subjects }} />`
      : html`<${Everybody} ...${{ subjects, change }} />`}`;
}

function Everybody({ subjects, change }) {
  const [words, setWords] = useState("");
  const fitting = [...subjects].filter(([, s]) => s.name.toLowerCase().includes(words.toLowerCase()));
  return html`<label>find <input type="search" value=${words} onInput=${(e) => setWords(e.target.value)} /></label>
    ${["team", "player"].map((kind) => html`<section key=${kind}><h2>${kind === "team" ? "Teams" : "Players"}</h2>
      <ul class="found">${fitting.filter(([, s]) => s.kind === kind).slice(0, 600).map(([key, s]) => html`<li key=${key}>
        <a href=${address("/players", { subject: key })} onClick=${(e) => { e.preventDefault(); change({ subject: key }); }}>${s.name}</a>
        ${s.jersey_number && html`<span class="quiet"> #${s.jersey_number}, ${subjects.get(`team:${s.team_id}`)?.name ?? s.team_id}</span>`}
      </li>`)}</ul></section>`)}`;
}

/** Filters of the statistics for somebody within the season, dates and game that are asked for. */
const scope = (subject, { season, from, to, game }) => ({
  [`${subject.kind}_id`]: subject.id, season, from_date: from, to_date: to, game_id: game, limit: 10000,
});

function Compared({ chosen, place, games, subjects }) {
  const [facts, setFacts] = useState(chosen.map(() => ({})));
  const [opened, setOpened] = useState(null);
  const [side, setSide] = useState("all");
  const court = useCourt(place.game ?? games[0]?.game_id);
  const sportOf = useSportOf();
  const has = (view) => !sportOf[view] || sportOf[view] === court.sport;
  const isKnown = court != null && sportOf != null;
  useEffect(() => {
    for (const view of isKnown ? VIEWS.filter(has) : []) {
      chosen.forEach(async (subject, index) => {
        const rows = await rowsOf(`/v1/statistics/${view}`, scope(subject, place));
        setFacts((before) => before.map((known, at) => (at === index ? { ...known, [view]: rows } : known)));
      });
    }
  }, [isKnown]);
  const told = (measure, index) => {
    const value = valueOf(measure, facts[index]);
    return value === undefined ? "…" : measure.show(value);
  };
  const hrefOf = (subject) => (row) => momentHref(row, subject);
  return html`<div class="subject">
    <div class="scroll" tabindex="0" role="region" aria-label="Numbers"><table class="measures"><thead><tr><th>seen, not played: divide by the time</th>
      ${chosen.map((s) => html`<th key=${s.id} class="n">${s.name}</th>`)}</tr></thead>
      <tbody>${(isKnown ? MEASURES.filter((m) => has(m.moments.view)) : []).map((measure) => html`<tr key=${measure.name}><th scope="row">${measure.name}</th>
        ${chosen.map((s, index) => html`<td key=${s.id} class="n"><button type="button" class="plain"
          aria-label=${`${measure.name} of ${s.name}: ${told(measure, index)}; open the moments`}
          onClick=${() => setOpened({ subject: s, measure })}>${told(measure, index)}</button></td>`)}
      </tr>`)}</tbody></table></div>
    <div>${opened && html`<${Moments} key=${opened.measure.name + opened.subject.id} ...${{ ...opened, place, games }}
      onClose=${() => setOpened(null)} />`}
    <div class="beside">${chosen.map((s, index) => html`<section key=${s.id} aria-label=${s.name}>
      ${isKnown && has("shot_attempts") && html`<h2>Shots of ${s.name}</h2>
      <${ShotChart} court=${court} shots=${facts[index].shot_attempts ?? []} hrefOf=${hrefOf(s)} label=${`Shots of ${s.name}`} />`}
      <h2>Where ${s.name} was</h2>
      <label>while <select value=${side} onChange=${(e) => setSide(e.target.value)}>
        ${SIDES.map(([value, name]) => html`<option key=${value} value=${value}>${name}</option>`)}</select></label>
      <${HeatMap} court=${court} label=${`Where ${s.name} was`}
        cells=${(facts[index].heat_map ?? []).filter((cell) => side === "all" || String(cell.is_offence) === side)} />
      ${isKnown && has("matchups") && html`<${Matchups} rows=${facts[index].matchups ?? []} ...${{ subject: s, subjects, place }} />`}
    </section>`)}</div></div></div>`;
}

/** Who guarded them, the longest first; over all games. */
function Matchups({ rows, subject, subjects, place }) {
  const pairs = new Map();
  for (const row of rows) {
    const pair = pairs.get(row.defender_player_id) ?? { id: row.defender_player_id, guarded_s: 0, with_ball_s: 0, metres: 0 };
    pair.guarded_s += row.guarded_s;
    pair.with_ball_s += row.with_ball_s ?? 0;
    pair.metres += (row.distance_m ?? 0) * row.guarded_s;
    pairs.set(row.defender_player_id, pair);
  }
  const all_s = [...pairs.values()].reduce((all, pair) => all + pair.guarded_s, 0);
  const listed = [...pairs.values()].sort((a, b) => b.guarded_s - a.guarded_s).slice(0, 10);
  return html`<h2>Guarded by</h2>${listed.length ? html`<div class="scroll" tabindex="0" role="region" aria-label=${`Who guarded ${subject.name}`}><table><thead><tr>
    <th>defender</th><th class="n">time</th><th class="n">share</th><th class="n">distance</th><th class="n">with ball</th></tr></thead>
    <tbody>${listed.map((pair) => html`<tr key=${pair.id}>
      <td><a href=${address("/players", { subject: `player:${pair.id}`, with: `${subject.kind}:${subject.id}`, season: place.season })}>
        ${subjects.get(`player:${pair.id}`)?.name ?? pair.id}</a></td>
      <td class="n">${minutes(pair.guarded_s)}</td><td class="n">${share(pair.guarded_s / all_s)}</td>
      <td class="n">${number(pair.metres / pair.guarded_s, 1)} m</td><td class="n">${number(pair.with_ball_s, 1)} s</td></tr>`)}</tbody>
  </table></div>` : html`<p class="quiet">No named defender was seen nearest.</p>`}`;
}

function momentHref(row, subject) {
  const [start_s] = spanOfRow(row);
  return address(`/games/${encodeURIComponent(row.game_id)}`, {
    t: start_s?.toFixed(2), player: subject.kind === "player" ? subject.id : row.player_id,
  });
}

/** The moments that a number counts, each a link into its game. */
function Moments({ subject, measure, place, games, onClose }) {
  const [rows, setRows] = useState(null);
  const { view, fits } = measure.moments;
  useEffect(() => {
    rowsOf(`/v1/statistics/${view}`, scope(subject, place)).then((found) => setRows(found.filter(fits)));
  }, []);
  const nameOfGame = (id) => {
    const game = games.find((each) => each.game_id === id);
    return game ? `${game.away_team_name} at ${game.home_team_name}` : id;
  };
  return html`<section class="moments" aria-live="polite"><h2>${`${measure.name}: ${subject.name} `}
      <span class="quiet">${rows ? `${rows.length} ${rows.length === 1 ? "moment" : "moments"}` : "…"}</span> <button type="button" onClick=${onClose}>close</button></h2>
    <ol>${(rows ?? []).slice(0, MOST_MOMENTS).map((row, index) => html`<li key=${index}>
      <a href=${momentHref(row, subject)}>${minutes(spanOfRow(row)[0], true)}</a>
      <span>${aboutRow(view, row)}</span> <span class="quiet">${nameOfGame(row.game_id)}</span></li>`)}</ol></section>`;
}

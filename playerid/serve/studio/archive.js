// Nights and seasons: every game with its state, how much of it is known, and what it cost.
import { html, useEffect, useState } from "./view.js";
import { get, rowsOf } from "./api.js";
import { minutes, number, share } from "./format.js";
import { parameters, remember } from "./place.js";

const again = (game) => `playerid process ${game}`;
const mended = (game) => `Mend what the reason names; then ${again(game)}`;
const TO_DO = {
  "set aside": mended, "published, set aside since": mended, damaged: again, new: () => "playerid nightly",
};
const LOW = 0.5; // a coverage below this is marked

export default function ArchivePage() {
  const [season, setSeason] = useState(parameters().season ?? "");
  const [words, setWords] = useState(parameters().q ?? "");
  const [from, setFrom] = useState(parameters().from ?? "");
  const [to, setTo] = useState(parameters().to ?? "");
  const [seasons, setSeasons] = useState([]);
  const [games, setGames] = useState(null);
  const [players, setPlayers] = useState([]);
  const [aside, setAside] = useState([]);
  useEffect(() => { rowsOf("/v1/seasons").then(setSeasons); rowsOf("/v1/status").then((rows) => setAside(rows.filter((row) => row.state !== "published"))); }, []);
  useEffect(() => {
    remember({ season, from, to });
    rowsOf("/v1/games", { season, from_date: from, to_date: to, limit: 1000 }).then(setGames);
  }, [season, from, to]);
  useEffect(() => {
    remember({ q: words });
    const timer = setTimeout(() => {
      if (words.length < 2) setPlayers([]);
      else get("/v1/players", { name: words, season, limit: 12 }).then(({ rows }) => setPlayers(rows));
    }, 150);
    return () => clearTimeout(timer);
  }, [words, season]);
  useEffect(() => { document.title = "Archive · playerid"; }, []);
  const asked = words.trim().toLowerCase();
  const shown = (games ?? []).filter((game) => `${game.away_team_name} ${game.home_team_name}
    ${game.away_team_id} ${game.home_team_id} ${game.game_id} ${game.date}`.toLowerCase().includes(asked));
  return html`
    <h1>Archive</h1>
    <form class="tools" role="search" onSubmit=${(event) => event.preventDefault()}>
      <label>find <input type="search" placeholder="team, player, game, date" value=${words}
        onInput=${(event) => setWords(event.target.value)} /></label>
      <label>season <select value=${season} onChange=${(event) => setSeason(event.target.value)}>
        <option value="">all</option>
        ${seasons.map((row) => html`<option key=${row.season} value=${row.season}>${row.season} (${row.games})</option>`)}
      </select></label>
      <label>from <input type="date" value=${from} onChange=${(event) => setFrom(event.target.value)} /></label>
      <label>to <input type="date" value=${to} onChange=${(event) => setTo(event.target.value)} /></label>
    </form>
    ${players.length > 0 && html`<section aria-label="Players found"><ul class="found">${players.map((player) => html`
      <li key=${player.player_id + player.team_id}>
        <a href=${`/players?player=${encodeURIComponent(player.player_id)}`}>${player.player_name}</a>
        <span class="quiet"> #${player.jersey_number}, ${number(player.games)} ${player.games === 1 ? "game" : "games"}</span></li>`)}
    </ul></section>`}
    ${aside.length > 0 && html`<${SetAside} games=${aside} />`}
    ${games === null ? html`<p class="quiet">Loading …</p>` : html`<${Nights} games=${shown} stands=${new Map(aside.map((row) => [row.game_id, row.state]))} />`}`;
}

function SetAside({ games }) {
  return html`<section aria-labelledby="aside"><h2 id="aside">Not as they should be <span class="quiet">${games.length}</span></h2>
    <ul class="aside">${games.map((game) => html`<li key=${game.game_id}>
      <b>${game.game_id}</b> <span class="bad">${game.state}</span> ${game.reason}
      ${TO_DO[game.state] && html`<span class="quiet"> ${TO_DO[game.state](game.game_id)}</span>`}</li>`)}</ul></section>`;
}

/** One table a night, the last first. */
function Nights({ games, stands }) {
  if (!games.length) return html`<p class="quiet">No published game fits.</p>`;
  const nights = new Map();
  for (const game of games) {
    const date = game.date ?? "day not known";
    nights.set(date, [...(nights.get(date) ?? []), game]);
  }
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Games"><table class="games">
    <thead><tr><th>game</th><th class="n">length</th><th class="n">main view</th><th class="n">court</th>
      <th class="n">named</th><th class="n">CPU</th><th>gates</th><th>state</th></tr></thead>
    ${[...nights].map(([date, played]) => html`<tbody key=${date}>
      <tr class="night"><th colspan="8" scope="rowgroup">${date}</th></tr>
      ${played.map((game) => html`<${Game} key=${game.game_id} game=${game} state=${stands.get(game.game_id) ?? "published"} />`)}</tbody>`)}
  </table></div><p class="quiet">A game is published once it passes every gate: the checks of its rows, and that it knows no less than before. Which gate stopped a later run stands above.</p>`;
}

const covered = (value) => html`<td class=${`n ${value != null && value < LOW ? "bad" : ""}`}>${share(value)}</td>`;

function Game({ game, state }) {
  return html`<tr>
    <td><a href=${`/games/${encodeURIComponent(game.game_id)}`}>${game.away_team_name} at ${game.home_team_name}</a>
      <span class="quiet id">${game.game_id}</span></td>
    <td class="n">${minutes(game.duration_s)}</td><td class="n">${minutes(game.main_view_s)}</td>
    ${covered(game.court_coverage)}${covered(game.identity_coverage)}
    <td class="n">${game.cpu_s == null ? "–" : minutes(game.cpu_s)}</td>
    <td>${state.startsWith("published, ") ? html`<span class="bad">passed, not since</span>` : "passed"}</td><td>${state}</td></tr>`;
}

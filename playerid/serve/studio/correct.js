// Say who somebody is, see what it would change, save it, take it back, publish.
import { html, useEffect, useMemo, useState } from "./view.js";
import { Clock, useNow } from "./clock.js";
import { address } from "./api.js";
import * as corrections from "./corrections.js";
import { useCourt } from "./court.js";
import { minutes, nameOf, number, share, surname, visible } from "./format.js";
import { Frames, usePeople } from "./frames.js";
import { filesOf, titleOf, useGame, useMomentInAddress } from "./game.js";
import { parameters, remember } from "./place.js";
import { Statement } from "./statement.js";
import { Stage, Transport, useKeys } from "./stage.js";

export default function CorrectPage({ part: id }) {
  const [found, load] = useGame(id);
  useEffect(() => { if (found) document.title = `Correct ${visible(titleOf(found))} · playerid`; }, [found]);
  return found ? html`<${Desk} ...${{ found, load }} />` : html`<p class="quiet">Loading the game …</p>`;
}

function Desk({ found, load }) {
  const { teams, videos, segments, tracklets } = found;
  const game = { ...found.game, home_team_name: teams[0].name, away_team_name: teams[1].name };
  const length_s = Math.max(...segments.map((segment) => segment.end_s), game.duration_s ?? 0);
  const clock = useMemo(() => new Clock(filesOf(videos, segments), length_s), []);
  const frames = useMemo(() => new Frames(game.game_id, length_s), []);
  const court = useCourt(game.game_id);
  const [show, setShow] = useState({ boxes: true, names: true });
  const [chosen, setChosen] = useState(Number(parameters().tracklet) || null);
  const [standing, setStanding] = useState(null);
  const [suggested, setSuggested] = useState(null);
  const read = () => {
    corrections.standing(game.game_id).then(setStanding);
    corrections.suggestions(game.game_id).then(setSuggested);
  };
  useEffect(read, []);
  useMomentInAddress(clock);
  useKeys(clock, 1 / 25);
  const choose = (tracklet, time_s = null) => {
    setChosen(tracklet);
    remember({ tracklet });
    clock.pause();
    if (time_s != null) clock.seek(time_s);
  };
  const published = async () => {
    await load();
    frames.forget();
    frames.need(clock.time_s);
    read();
  };
  return html`
    <div class="heading"><div><h1>Correct ${titleOf({ game })}</h1>
      <p class="quiet">Click a person in the picture or on the court, or begin with a suggestion.</p></div>
      <p class="actions"><${WatchLink} ...${{ game, clock }} /></p></div>
    <${Stage} ...${{ game, clock, frames, court, show }} anyChosen=${chosen != null}
      isChosen=${(person) => person.tracklet_id === chosen}
      onChoose=${(person) => choose(person.tracklet_id)} />
    <${Transport} ...${{ clock, show, setShow }} step_s=${1 / 25} />
    <div class="desk">
      <${Suggestions} ...${{ suggested, chosen }} onChoose=${choose} />
      <div><${Here} ...${{ clock, frames, chosen }} onChoose=${choose} />
        <${Statement} key=${chosen} ...${{ game, teams, clock, frames, standing }}
          tracklet=${tracklets.find((row) => row.tracklet_id === chosen)} onSaved=${read} /></div>
      <${Said} ...${{ game, teams, standing }} onGo=${(item) => choose(item.tracklet_ids?.[0] ?? null, item.start_s)}
        onChanged=${read} onPublished=${published} />
    </div>`;
}

function WatchLink({ game, clock }) {
  const t = useNow(clock).toFixed(2);
  return html`<a class="button" href=${address(`/games/${encodeURIComponent(game.game_id)}`, { t })}>Watch the game</a>`;
}

/** The corrections that would help most, by the rows that they are expected to gain. */
function Suggestions({ suggested, chosen, onChoose }) {
  return html`<section aria-labelledby="suggestions"><h2 id="suggestions">What would help most</h2>
    ${suggested === null ? html`<p class="quiet">Reckoning …</p>` : html`<ol class="picks">${suggested.map((row) => html`
      <li key=${row.tracklet_id}><button type="button" class="row" aria-pressed=${row.tracklet_id === chosen}
          onClick=${() => onChoose(row.tracklet_id, row.moment_s)}>
        <span class="when">${minutes(row.moment_s, true)}</span>
        <span>${row.player_id ? nameOf(row) : "unnamed"} <span class="quiet">${share(row.identity_prob)}</span></span>
        <span class="quiet">+${number(row.expected_rows)} of ${number(row.rows)} rows</span></button></li>`)}</ol>`}
    ${suggested?.length === 0 && html`<p class="quiet">Everybody is known surely.</p>`}</section>`;
}

/** Everybody at this moment, as a list for who does not use a mouse. */
function Here({ clock, frames, chosen, onChoose }) {
  const people = usePeople(frames, useNow(clock)).filter((person) => person.role !== "referee");
  return html`<label>who <select value=${chosen ?? ""} onChange=${(event) => onChoose(Number(event.target.value) || null)}>
    <option value="">choose a person</option>
    ${chosen != null && !people.some((p) => p.tracklet_id === chosen) && html`<option value=${chosen}>tracklet ${chosen}</option>`}
    ${people.map((p) => html`<option key=${p.tracklet_id} value=${p.tracklet_id}>
      ${p.player_id ? `#${p.jersey_number} ${surname(nameOf(p))}` : p.jersey_number ? `#${p.jersey_number}?` : "unnamed"}, tracklet ${p.tracklet_id}</option>`)}
  </select></label>`;
}

/** What was said by hand: each can be taken back; publishing decides the game again, without models. */
function Said({ game, teams, standing, onGo, onChanged, onPublished }) {
  const [busy, setBusy] = useState("");
  const [problem, setProblem] = useState("");
  const attempt = (what, then) => async (...values) => {
    setBusy(what);
    setProblem("");
    try {
      await then(...values);
    } catch (error) {
      setProblem(error.message);
    }
    setBusy("");
  };
  const undo = attempt("undo", async (item) => {
    await corrections.undo(game.game_id, item.index, standing.version);
    onChanged();
  });
  const publish = attempt("publish", async () => {
    await corrections.publish(game.game_id);
    await onPublished();
  });
  const players = new Map(teams.flatMap((team) => team.players).map((p) => [p.player_id, p.player_name]));
  const names = new Map(teams.map((team) => [team.team_id, team.name]));
  const said = (item) => item.is_nobody ? "nobody" : item.player_id
    ? players.get(item.player_id) ?? item.player_id : `of ${names.get(item.team_id) ?? item.team_id}`;
  return html`<section aria-labelledby="said"><h2 id="said">Said by hand</h2>
    ${!standing ? html`<p class="quiet">Loading …</p>` : html`
      <ol class="picks said">${standing.corrections.map((item) => html`<li key=${item.index}>
        <button type="button" class="row" onClick=${() => onGo(item)}><span class="when">${minutes(item.start_s, true)}</span>
          <span>${said(item)}</span><span class="quiet">${number(item.boxes)} boxes${item.said_by ? `, ${item.said_by}` : ""}</span></button>
        <button type="button" disabled=${busy} onClick=${() => undo(item)}>undo</button></li>`)}</ol>
      ${!standing.corrections.length && html`<p class="quiet">Nothing yet.</p>`}
      <p class="actions"><button type="button" class="first" disabled=${Boolean(busy) || standing.is_published !== false} onClick=${publish}>
        ${busy === "publish" ? "Deciding again …" : "Publish"}</button>
        <span class="quiet" role="status">${
          standing.is_published === false ? "Saved, and not yet in the tables."
          : standing.is_published ? "The tables hold all of it." : "This game cannot be decided again here."}</span></p>`}
    ${problem && html`<p class="problem" role="alert">${problem}</p>`}</section>`;
}

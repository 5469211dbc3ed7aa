// One statement about a person: who this is, from when on; what it would change; save.
import { html, useState } from "./view.js";
import { useNow } from "./clock.js";
import * as corrections from "./corrections.js";
import { minutes, nameOf, number, plays, share } from "./format.js";
import { usePeople } from "./frames.js";

export function Statement({ game, teams, clock, frames, standing, tracklet, onSaved }) {
  const [draft, setDraft] = useState(null);
  const [preview, setPreview] = useState(null);
  const [problem, setProblem] = useState("");
  const [fromHere, setFromHere] = useState(false);
  const time_s = useNow(clock);
  const others = usePeople(frames, time_s).filter((p) => plays(p) && p.tracklet_id !== tracklet?.tracklet_id);
  const players = new Map(teams.flatMap((team) => team.players).map((p) => [p.player_id, p]));
  const attempt = async (then) => {
    setProblem("");
    try {
      await then();
    } catch (error) {
      setProblem(error.message);
      if (error.status === 409) onSaved(); // somebody else was quicker: look at theirs
    }
  };
  const say = (statement) => {
    setDraft([statement]);
    setPreview(null);
    attempt(async () => setPreview(await corrections.preview(game.game_id, [statement], standing.version)));
  };
  const save = () => attempt(async () => {
    await corrections.save(game.game_id, draft, standing.version);
    setDraft(null);
    setPreview(null);
    onSaved();
  });
  const swapSides = html`<button type="button" onClick=${() => say({ kind: "home is the other" })}>home is the other</button>`;
  const ends = html`<${Preview} ...${{ draft, preview, problem, players }} onSave=${save}
    onDrop=${() => { setDraft(null); setPreview(null); setProblem(""); }} />`;
  if (!tracklet) {
    return html`<section aria-label="Statement"><p class="quiet">Nobody is chosen.</p>
      <p class="actions">${swapSides}</p>${ends}</section>`;
  }
  const about = (kind, who = null) => ({
    kind, who, tracklet_id: tracklet.tracklet_id, from_s: fromHere ? time_s : null,
  });
  const swapWith = (other_id) => other_id && say({
    kind: "swap", tracklet_id: tracklet.tracklet_id, other_id, from_s: time_s,
  });
  const likely = (tracklet.player_candidates ?? []).map((id, index) => [id, tracklet.player_candidate_probs?.[index]]);
  return html`<section class="statement" aria-labelledby="who"><h2 id="who">${nameOf(tracklet)}
      <span class="quiet">${` ${share(tracklet.identity_prob)} · tracklet ${tracklet.tracklet_id}, ${minutes(tracklet.start_s, true)} to ${minutes(tracklet.end_s, true)}`}</span></h2>
    <p class="quiet">${tracklet.source ? `${tracklet.source}; ` : ""}${tracklet.readings_for} readings for, ${tracklet.readings_against} against</p>
    <h3>This is</h3>
    <div class="chips">${likely.map(([id, prob]) => html`<button key=${id} type="button" class="chip" onClick=${() => say(about("player", id))}>
      ${`#${players.get(id)?.jersey_number} ${players.get(id)?.player_name ?? id} `}<span class="quiet">${share(prob)}</span></button>`)}
      <select aria-label="This is somebody else" value="" onChange=${(event) => event.target.value && say(about("player", event.target.value))}>
        <option value="">somebody else …</option>${teams.map((team) => html`<optgroup key=${team.team_id} label=${team.name}>
          ${team.players.filter((p) => p.active !== false).map((p) => html`<option key=${p.player_id} value=${p.player_id}>
            ${p.jersey_number} ${p.player_name}</option>`)}</optgroup>`)}</select></div>
    <div class="chips"><button type="button" class="chip" onClick=${() => say(about("nobody"))}>nobody of either team</button>
      ${tracklet.team_id && html`<button type="button" class="chip" onClick=${() => say(about("wrong team"))}>wrong team</button>`}
      ${teams.map((team) => html`<button key=${team.team_id} type="button" class="chip" onClick=${() => say(about("team", team.team_id))}>of ${team.name}</button>`)}</div>
    <p><label><input type="checkbox" checked=${fromHere} onChange=${() => setFromHere(!fromHere)} /> only from here on (${minutes(time_s, true)})</label></p>
    ${tracklet.player_id && html`<label>swap from here on with <select value="" onChange=${(event) =>
        swapWith(Number(event.target.value))}><option value="">…</option>
      ${others.filter((p) => p.player_id).map((p) => html`<option key=${p.tracklet_id} value=${p.tracklet_id}>#${p.jersey_number} ${nameOf(p)}</option>`)}
    </select></label>`} ${swapSides}
    ${ends}</section>`;
}

/** What a statement would change: rows that gain a name, lose it, or carry another. */
function Preview({ draft, preview, problem, players, onSave, onDrop }) {
  const told = problem && html`<p class="problem" role="alert">${problem}
    <button type="button" class="plain" onClick=${onDrop}>dismiss</button></p>`;
  if (!draft || (problem && !preview)) return told || null;
  const nameOfId = (id) => (id ? players.get(id)?.player_name ?? id : "no name");
  return html`${told}<div class="preview" role="status">${!preview ? html`<p class="quiet">Deciding again, without models …</p>` : html`
    <p><b>${number(preview.gained)}</b> rows gain a name, <b>${number(preview.lost)}</b> lose theirs, <b>${number(preview.renamed)}</b> get another.</p>
    <ul class="plain">${preview.stretches.slice(0, 8).map((change, index) => html`<li key=${index}>
      ${nameOfId(change.before)} → ${nameOfId(change.after)}
      <span class="quiet">${` ${number(change.rows)} rows, ${minutes(change.start_s, true)} to ${minutes(change.end_s, true)}`}</span></li>`)}</ul>
    ${preview.other_team > 0 && html`<p class="quiet">${number(preview.other_team)} rows change their team.</p>`}`}
    <p class="actions"><button type="button" class="first" disabled=${!preview} onClick=${onSave}>Save</button>
      <button type="button" onClick=${onDrop}>Not so</button></p></div>`;
}

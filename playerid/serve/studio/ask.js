// SQL for whoever is allowed: the views and what they mean, worked questions, an answer to keep.
import { html, useEffect, useState } from "./view.js";
import { askSql, get, getSession, rowsOf } from "./api.js";
import { Plot, isNumber } from "./plot.js";
import { cell } from "./format.js";
import { parameters, remember } from "./place.js";

const MOST_SHOWN = 500;
const FIRST = "select player_name, round(distance_m, 1) as distance_m, round(mean_speed_mps, 2) as mean_speed_mps\nfrom player_distance\nleft join rosters using (game_id, team_id, player_id)\norder by distance_m desc";

export default function AskPage() {
  const [query, setQuery] = useState(parameters().q ?? FIRST);
  const [answer, setAnswer] = useState(null);
  const [problem, setProblem] = useState("");
  const [busy, setBusy] = useState(false);
  const [allowed, setAllowed] = useState(null);
  useEffect(() => {
    document.title = "Ask · playerid";
    getSession().then((session) => setAllowed(session.has_sql));
  }, []);
  const ask = async (asked) => {
    setBusy(true);
    setProblem("");
    remember({ q: asked });
    try {
      setAnswer(await askSql(asked));
    } catch (error) {
      setAnswer(null);
      setProblem(error.message);
    }
    setBusy(false);
  };
  const press = (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) ask(query);
  };
  return html`<h1>Ask</h1><div class="ask"><div>
    ${allowed === false && html`<p class="problem">SQL is not allowed here: start <code>playerid serve --sql</code>.
      The views below can be read one by one.</p>`}
    <form onSubmit=${(event) => { event.preventDefault(); ask(query); }}>
      <label for="query">One question in SQL, of the views beside; it reads, and nothing else.</label>
      <textarea id="query" rows="8" spellcheck="false" value=${query} onInput=${(e) => setQuery(e.target.value)}
        onKeyDown=${press}></textarea>
      <p class="actions"><button class="first" disabled=${busy || allowed === false} aria-keyshortcuts="Control+Enter">
        ${busy ? "Asking …" : "Ask"}</button></p>
    </form>
    ${problem && html`<p class="problem" role="alert"><code>${problem}</code></p>`}
    ${answer && html`<${Answer} key=${query} answer=${answer} query=${query} />`}
  </div><aside><${Questions} onChoose=${(text) => { setQuery(text); if (allowed) ask(text); }} />
    <${Views} onChoose=${(name) => setQuery(`select * from ${name} limit 50`)} /></aside></div>`;
}

function Answer({ answer, query }) {
  const { rows, is_cut: isCut } = answer;
  const columns = Object.keys(rows[0] ?? {});
  const numbers = columns.filter((name) => isNumber(rows, name));
  const texts = columns.filter((name) => !numbers.includes(name));
  const [plot, setPlot] = useState({ x: texts[0] ?? columns[0], y: numbers[0] ?? columns[0], kind: texts.length ? "bars" : "points" });
  const choose = (name, values) => html`<label>${name} <select value=${plot[name]}
    onChange=${(e) => setPlot({ ...plot, [name]: e.target.value })}>${values.map((v) => html`<option key=${v} value=${v}>${v}</option>`)}</select></label>`;
  return html`<section aria-labelledby="answer"><h2 id="answer">${rows.length} rows${isCut ? ", cut off" : ""}</h2>
    <p class="actions"><button type="button" onClick=${() => keep(new Blob([asCsv(columns, rows)], { type: "text/csv" }), "answer.csv")}>CSV</button>
      <button type="button" onClick=${async () => keep(await askSql(query, "parquet"), "answer.parquet")}>Parquet</button></p>
    <div class="scroll answer" tabindex="0" role="region" aria-label="Answer"><table><thead><tr>${columns.map((name) => html`
      <th key=${name} class=${numbers.includes(name) ? "n" : ""}>${name}</th>`)}</tr></thead>
      <tbody>${rows.slice(0, MOST_SHOWN).map((row, index) => html`<tr key=${index}>${columns.map((name) => html`
        <td key=${name} class=${numbers.includes(name) ? "n" : ""}>${row[name] == null ? html`<span class="quiet">null</span>` : typeof row[name] === "object" ? JSON.stringify(row[name]) : String(row[name])}</td>`)}</tr>`)}</tbody></table></div>
    ${numbers.length > 0 && rows.length > 1 && html`<div class="tools">${choose("x", columns)}${choose("y", numbers)}
      ${choose("kind", ["bars", "points", "line"])}</div><${Plot} rows=${rows} ...${plot} />`}
  </section>`;
}

const quoted = (value) => {
  const text = cell(value);
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
};
export const asCsv = (columns, rows) => [columns, ...rows.map((row) => columns.map((name) => row[name]))]
  .map((line) => line.map(quoted).join(",")).join("\r\n").concat("\r\n");

function keep(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

function Questions({ onChoose }) {
  const [questions, setQuestions] = useState([]);
  useEffect(() => { get("/v1/questions").then(({ rows }) => setQuestions(rows)); }, []);
  return html`<h2>Worked questions</h2><ul class="plain">${questions.map((q) => html`<li key=${q.name}>
    <button type="button" class="plain" onClick=${() => onChoose(q.query)}>${q.title}</button></li>`)}</ul>`;
}

function Views({ onChoose }) {
  const [views, setViews] = useState([]);
  const [words, setWords] = useState("");
  useEffect(() => { rowsOf("/v1/statistics").then(setViews); }, []);
  const fitting = views.filter((view) => `${view.name} ${view.about}`.toLowerCase().includes(words.toLowerCase()));
  return html`<h2>Views</h2><label>find <input type="search" value=${words} onInput=${(e) => setWords(e.target.value)} /></label>
    ${fitting.map((view) => html`<details key=${view.name}><summary><code>${view.name}</code>
      <span class="quiet"> ${view.about.split("\n")[0]}</span></summary>
      <button type="button" onClick=${() => onChoose(view.name)}>select * from ${view.name}</button>
      <dl>${view.columns.map((column) => html`<div key=${column.name}><dt><code>${column.name}</code> <span class="quiet">${column.type}</span></dt>
        <dd>${column.meaning}</dd></div>`)}</dl></details>`)}`;
}

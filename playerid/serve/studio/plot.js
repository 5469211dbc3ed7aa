// A plot of an answer: bars, points or a line of two of its columns.
import { html } from "./view.js";
import { number } from "./format.js";

const [WIDTH, HEIGHT] = [640, 300];
const EDGE = { left: 56, right: 12, top: 12, bottom: 34 };
const MOST_BARS = 30;

export const isNumber = (rows, name) => rows.some((row) => row[name] != null)
  && rows.every((row) => row[name] == null || typeof row[name] === "number");

/** Round numbers from 0 or below to the largest, at most six. */
function ticks(low, high) {
  const rough = (high - low || 1) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((each) => each * power).find((each) => each >= rough);
  const made = [];
  for (let at = Math.ceil(low / step) * step; at <= high + step / 1e6; at += step) made.push(Number(at.toPrecision(12)));
  return made;
}

const short = (value) => number(value, Math.abs(value) < 10 && value % 1 ? 2 : 0);

export function Plot({ rows, x, y, kind }) {
  const known = rows.filter((row) => row[x] != null && row[y] != null);
  if (!known.length || !isNumber(known, y)) return html`<p class="quiet">Nothing to plot: choose a column of numbers.</p>`;
  const shown = kind === "bars" ? known.slice(0, MOST_BARS) : known;
  const values = shown.map((row) => row[y]);
  const [low, high] = [Math.min(...values, 0), Math.max(...values, 0)];
  const down = (value) => EDGE.top + ((high - value) / (high - low || 1)) * (HEIGHT - EDGE.top - EDGE.bottom);
  return html`<figure class="plot"><svg viewBox=${`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label=${`${y} by ${x}, as ${kind}`}>
    ${ticks(low, high).map((tick) => html`<g key=${tick} class="tick"><line x1=${EDGE.left} x2=${WIDTH - EDGE.right} y1=${down(tick)} y2=${down(tick)} />
      <text x=${EDGE.left - 6} y=${down(tick) + 4} text-anchor="end">${short(tick)}</text></g>`)}
    ${kind === "bars" ? html`<${Bars} ...${{ rows: shown, x, y, down }} />` : html`<${Marks} ...${{ rows: shown, x, y, kind, down }} />`}
  </svg><figcaption>${y} by ${x}${shown.length < known.length ? `, the first ${shown.length} of ${known.length}` : ""}</figcaption></figure>`;
}

function Bars({ rows, x, y, down }) {
  const wide = (WIDTH - EDGE.left - EDGE.right) / rows.length;
  const letters = Math.max(Math.floor(wide / 6), 1);
  return rows.map((row, index) => {
    const [from, to] = [down(Math.max(row[y], 0)), down(Math.min(row[y], 0))];
    const left = EDGE.left + index * wide;
    return html`<g key=${index}><rect class="bar" x=${left + wide * 0.12} width=${wide * 0.76} y=${from} height=${Math.max(to - from, 0.5)}>
      <title>${`${row[x]}: ${row[y]}`}</title></rect>
      <text x=${left + wide / 2} y=${HEIGHT - 14} text-anchor="middle">${String(row[x]).slice(0, letters)}</text></g>`;
  });
}

function Marks({ rows, x, y, kind, down }) {
  const isLinear = isNumber(rows, x);
  const places = rows.map((row, index) => (isLinear ? row[x] : index));
  const [low, high] = [Math.min(...places), Math.max(...places)];
  const right = (place) => EDGE.left + ((place - low) / (high - low || 1)) * (WIDTH - EDGE.left - EDGE.right);
  const points = rows.map((row, index) => [right(places[index]), down(row[y])]);
  return html`${kind === "line" && html`<polyline class="line" points=${points.map((point) => point.join(",")).join(" ")} />`}
    ${kind === "points" && points.map(([px, py], index) => html`<circle key=${index} class="point" cx=${px} cy=${py} r="3.5">
      <title>${`${rows[index][x]}: ${rows[index][y]}`}</title></circle>`)}
    ${isLinear && ticks(low, high).map((tick) => html`<text key=${tick} x=${right(tick)} y=${HEIGHT - 14} text-anchor="middle">${short(tick)}</text>`)}`;
}

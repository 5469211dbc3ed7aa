// Shot charts and heat maps on half a court, drawn by the page.
import { html } from "./view.js";
import { Court, turned } from "./court.js";
import { minutes, number } from "./format.js";

export function ShotChart({ court, shots, hrefOf, label }) {
  const placed = shots.filter((shot) => shot.court_x_m != null);
  return html`<figure><${Court} court=${court} half label=${label}>
    ${placed.map((shot, index) => {
      const [x, y] = turned(shot.court_x_m, shot.court_y_m);
      const look = shot.is_made == null ? "open" : shot.is_made ? "made" : "missed";
      const about = `${shot.kind ?? "shot"}, ${number(shot.distance_m, 1)} m, ${look === "open" ? "not known whether it fell" : look}`;
      return html`<a key=${index} href=${hrefOf(shot)} aria-label=${about}>
        <g class=${`shot ${look}`} transform=${`translate(${x} ${y})`}><title>${about}</title>
          ${look === "missed" ? html`<path d="M-.3-.3.3.3M.3-.3-.3.3" />` : html`<circle r=".34" />`}</g></a>`;
    })}
  </${Court}><figcaption>${placed.length} shot attempts: <span class="shot-key">● fell, × did not, ○ not known</span></figcaption></figure>`;
}

/** Cells of one metre; the longer somebody was there, the stronger. */
export function HeatMap({ court, cells, label }) {
  const seen = new Map();
  for (const cell of cells) {
    const key = `${cell.cell_x_m} ${cell.cell_y_m}`;
    seen.set(key, (seen.get(key) ?? 0) + cell.seen_s);
  }
  const largest = Math.max(...seen.values(), 0);
  const all_s = [...seen.values()].reduce((all, value) => all + value, 0);
  return html`<figure><${Court} court=${court} label=${label}>
    ${[...seen].map(([key, seen_s]) => {
      const [x, y] = key.split(" ").map(Number);
      return html`<rect key=${key} class="heat" x=${x - 0.5} y=${-y - 0.5} width="1" height="1"
        opacity=${(0.08 + 0.85 * Math.sqrt(seen_s / largest)).toFixed(3)}><title>${number(seen_s, 1)} s</title></rect>`;
    })}
  </${Court}><figcaption>${all_s ? `${minutes(all_s)} with a known direction; the team attacks to the right` : "No place with a known direction of attack."}</figcaption></figure>`;
}

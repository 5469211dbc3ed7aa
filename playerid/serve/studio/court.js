// The court as a drawing: lines in metres, y upwards to the far sideline.
import { html, useEffect, useState } from "./view.js";
import { gamePath, get } from "./api.js";

/** Lengths and lines of the court of a game; null until they are here. */
export function useCourt(game) {
  const [court, setCourt] = useState(null);
  useEffect(() => {
    if (game) get(gamePath(game, "/court")).then(setCourt);
  }, [game]);
  return court;
}

/** How much larger people and lines are drawn, so that they can be seen on a pitch, too. */
export const scaleOf = (court) => Math.max(1, (court?.length_m ?? 0) / 45);

/** The lines of a court, and on top of them the children; `half` shows the end at x > 0. */
export function Court({ court, half = false, label, children, ...rest }) {
  if (!court) return html`<div class="court empty"></div>`;
  const [x, y] = [court.length_m / 2 + 1, court.width_m / 2 + 1];
  const left = half ? -1 : -x;
  return html`<svg class="court" viewBox="${left} ${-y} ${x - left} ${2 * y}" role="img" aria-label=${label}
      style=${`--scale: ${scaleOf(court)}`} ...${rest}>
    <g class="lines">${court.lines_m.map(
      (line, index) => html`<polyline key=${index} points=${line.map(([px, py]) => `${px},${-py}`).join(" ")} />`,
    )}</g>
    ${children}
  </svg>`;
}

/** A place turned to the end at x > 0, as [x, y] of the drawing; null where it is not known. */
export function turned(x_m, y_m) {
  if (x_m == null || y_m == null) return null;
  return x_m < 0 ? [-x_m, y_m] : [x_m, -y_m];
}

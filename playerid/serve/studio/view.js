// The view library of the studio: preact with hooks, and htm in place of a build step.
import { Fragment, h, render } from "./vendor/preact.js";
import htm from "./vendor/htm.js";

export * from "./vendor/preact-hooks.js";
export { Fragment, render };
export const html = htm.bind(h);

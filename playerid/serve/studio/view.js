// The view library of the studio: preact with hooks, and htm in place of a build step.
import { Fragment, h, render } from "./vendor/preact.js";
import htm from "./vendor/htm.js";
import { visible } from "./format.js";

export * from "./vendor/preact-hooks.js";
export { Fragment, render };
const READ_OUT = ["title", "aria-label", "placeholder", "alt"];

const shown = (child) => Array.isArray(child) ? child.map(shown) : typeof child === "string" ? visible(child) : child;

function readOut(props) {
  if (!props) return props;
  const changed = READ_OUT.filter((name) => typeof props[name] === "string");
  return changed.length ? { ...props, ...Object.fromEntries(changed.map((name) => [name, visible(props[name])])) } : props;
}

/** Elements from a template; text of others is shown as text, whatever characters are in it. */
export const html = htm.bind((type, props, ...children) => h(type, readOut(props), ...children.map(shown)));

// Which page this is, and what all pages have in common.
import { html, render, useEffect, useState } from "./view.js";
import { getSession, send } from "./api.js";

const PAGES = [
  [/^\/$/, "./archive.js", "Archive"],
  [/^\/games\/([^/]+)\/correct$/, "./correct.js", "Archive"],
  [/^\/games\/([^/]+)$/, "./game.js", "Archive"],
  [/^\/players$/, "./people.js", "Players and teams"],
  [/^\/ask$/, "./ask.js", "Ask"],
];
const LINKS = [["/", "Archive"], ["/players", "Players and teams"], ["/ask", "Ask"]];

/** Asks for a token where the server does not know who asks. */
function Door({ onIn }) {
  const [problem, setProblem] = useState("");
  const enter = async (event) => {
    event.preventDefault();
    try {
      await send("/v1/session", { token: new FormData(event.target).get("token") });
      onIn();
    } catch (error) {
      setProblem(error.message);
    }
  };
  return html`<h1>Who asks?</h1><form class="tools" onSubmit=${enter}>
    <label>token <input type="password" name="token" autocomplete="current-password" required /></label>
    <button class="first">Enter</button></form>${problem && html`<p class="problem" role="alert">${problem}</p>`}`;
}

function Page() {
  const [isIn, setIsIn] = useState(null);
  const [shown, setShown] = useState(null);
  const [problem, setProblem] = useState(null);
  const [pattern, file, section] = PAGES.find(([p]) => p.test(location.pathname));
  const [, part] = pattern.exec(location.pathname);
  useEffect(() => {
    const tell = (event) => setProblem((event.reason ?? event.error)?.message ?? event.message);
    addEventListener("unhandledrejection", tell);
    addEventListener("error", tell);
    getSession().then((session) => setIsIn(session.name != null));
    import(file).then((module) => setShown(() => module.default), (error) => setProblem(error.message));
  }, []);
  return html`
    <header class="top">
      <a class="mark" href="/">playerid</a>
      <nav aria-label="Pages">${LINKS.map(([href, name]) => html`
        <a key=${href} href=${href} aria-current=${name === section ? "page" : null}>${name}</a>`)}
      </nav>
    </header>
    <main id="page">
      ${problem && html`<p class="problem" role="alert">${problem}
        <button type="button" class="plain" onClick=${() => setProblem(null)}>dismiss</button></p>`}
      ${isIn === false ? html`<${Door} onIn=${() => setIsIn(true)} />`
        : shown && isIn ? html`<${shown} part=${part && decodeURIComponent(part)} />` : html`<p class="quiet">Loading …</p>`}
    </main>`;
}

render(html`<${Page} />`, document.getElementById("studio"));

// What the server is asked, and how its answers reach the pages.

/** Thrown where the server says no; its message is what it said. */
export class Refused extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

export function address(path, parameters = {}) {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters)) {
    if (value != null && value !== "") query.set(name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

export const gamePath = (game, rest = "") => `/v1/games/${encodeURIComponent(game)}${rest}`;

async function answerOf(answer) {
  if (answer.ok) return answer;
  let message = `${answer.status} ${answer.statusText}`;
  try {
    const { detail } = await answer.json();
    if (typeof detail === "string") message = detail;
    else if (detail) message = JSON.stringify(detail);
  } catch { /* no JSON: the status says it */ }
  throw new Refused(answer.status, message);
}

export async function get(path, parameters) {
  const answer = await answerOf(await fetch(address(path, parameters), { credentials: "same-origin" }));
  return answer.json();
}

export async function send(path, content, method = "POST") {
  const answer = await answerOf(await fetch(path, {
    method,
    credentials: "same-origin",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(content),
  }));
  return answer.status === 204 ? null : answer.json();
}

/** All rows of a list that comes in pages. */
export async function rowsOf(path, parameters = {}, most = 20000) {
  const found = [];
  for (;;) {
    const page = await get(path, { ...parameters, offset: found.length || null });
    found.push(...page.rows);
    if (!page.rows.length || page.next_offset == null || found.length >= most) return found;
  }
}

/** Who asks, and what this server answers them. */
export const getSession = () => get("/v1/session");

/** The answer to a question in SQL, as JSON, or as a file of another kind. */
export async function askSql(query, kind = null) {
  const answer = await answerOf(await fetch("/v1/sql", {
    method: "POST",
    credentials: "same-origin",
    headers: {
      "Content-Type": "application/json",
      ...(kind === "parquet" ? { Accept: "application/vnd.apache.parquet" } : {}),
    },
    body: JSON.stringify({ query }),
  }));
  return kind ? answer.blob() : answer.json();
}

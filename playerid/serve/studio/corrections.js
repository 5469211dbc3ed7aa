// What people say of a game, and what the server makes of it.
import { gamePath, get, rowsOf, send } from "./api.js";

const path = (game, rest = "") => gamePath(game, `/corrections${rest}`);

export const standing = (game) => get(path(game));
export const suggestions = (game) => rowsOf(path(game, "/suggestions"), { limit: 10 });
export const preview = (game, said, version) => send(path(game, "/preview"), { said, version });
export const save = (game, said, version) => send(path(game), { said, version });
export const undo = (game, index, version) => send(path(game), { remove: [index], version });

/** Publish, and wait until it is done: seconds, since no model runs. */
export async function publish(game) {
  let now = await send(gamePath(game, "/publication"), {});
  while (now.state === "waiting" || now.state === "running") {
    await new Promise((wake) => setTimeout(wake, 400));
    now = await get(gamePath(game, "/publication"));
  }
  if (now.state === "failed") throw new Error(now.detail);
  return now;
}

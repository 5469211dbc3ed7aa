// The numbers of a player or a team: of which views they are made, and the moments that they count.
import { minutes, number, share } from "./format.js";

export const VIEWS = [
  "observed_time", "minutes", "player_distance", "touches", "shot_attempts", "lane_time",
  "three_second_violations", "passes", "heat_map", "matchups",
];

const sum = (rows, column) => {
  const known = rows.map((row) => row[column]).filter((value) => value != null);
  return known.length ? known.reduce((all, value) => all + value, 0) : null;
};
const count = (rows) => (rows.length ? rows.length : 0);
const most = (rows, column) => {
  const known = rows.map((row) => row[column]).filter((value) => value != null);
  return known.length ? Math.max(...known) : null;
};
const per = (value, whole) => (value == null || !whole ? null : value / whole);
const metres = (value) => (value == null ? number(null) : `${number(value)} m`);
const speed = (value) => (value == null ? number(null) : `${number(value, 2)} m/s`);
const seconds = (value) => (value == null ? number(null) : `${number(value, 1)} s`);

/** Moments of a view; those that fit, told in words. */
const from = (view, fits = () => true) => ({ view, fits });
const STINTS = from("stints");
const SHOTS = from("shot_attempts");

/** name, value of the rows of the views, how it is written, and the moments behind it. */
export const MEASURES = [
  ["games seen in", (r) => new Set(r.observed_time.map((row) => row.game_id)).size, number, STINTS],
  ["time with a name", (r) => sum(r.observed_time, "observed_s"), minutes, STINTS],
  ["minutes by the clock", (r) => sum(r.minutes, "played_s"), minutes, STINTS],
  ["distance while seen", (r) => sum(r.player_distance, "distance_m"), metres, STINTS],
  ["mean speed", (r) => per(sum(r.player_distance, "distance_m"), sum(r.player_distance, "observed_s")), speed, STINTS],
  ["top speed", (r) => most(r.player_distance, "top_speed_mps"), speed, STINTS],
  ["touches", (r) => count(r.touches), number, from("touches")],
  ["time with the ball", (r) => sum(r.touches, "duration_s"), seconds, from("touches")],
  ["paint touches", (r) => count(r.touches.filter((t) => t.is_paint_touch)), number, from("touches", (t) => t.is_paint_touch)],
  ["drives", (r) => count(r.touches.filter((t) => t.is_drive)), number, from("touches", (t) => t.is_drive)],
  ["passes", (r) => count(r.passes), number, from("passes")],
  ["shot attempts", (r) => count(r.shot_attempts), number, SHOTS],
  ["made, of those known", madeOfKnown, (text) => text, from("shot_attempts", (s) => s.is_made)],
  ["from beyond the three-point line", (r) => count(r.shot_attempts.filter((s) => s.is_three)), number, from("shot_attempts", (s) => s.is_three)],
  ["nearest defender at the shot", (r) => per(sum(r.shot_attempts, "defender_distance_m"), r.shot_attempts.filter((s) => s.defender_distance_m != null).length),
    (value) => (value == null ? number(null) : `${number(value, 1)} m`), SHOTS],
  ["in the lane, on offence", (r) => sum(r.lane_time, "offence_lane_s"), seconds, from("lane_stays")],
  ["in the lane, on defence", (r) => sum(r.lane_time, "defence_lane_s"), seconds, from("lane_stays")],
  ["three seconds, clear", (r) => count(r.three_second_violations.filter((v) => v.grade === "clear")), number,
    from("three_second_violations", (v) => v.grade === "clear")],
].map(([name, value, show, moments]) => ({ name, value, show, moments }));

/** A value of the views that are here already; undefined where one of its views is not. */
export function valueOf(measure, facts) {
  let isHere = true;
  const rows = new Proxy(facts, {
    get(all, view) {
      isHere &&= view in all;
      return all[view] ?? [];
    },
  });
  const value = measure.value(rows);
  return isHere ? value : undefined;
}

function madeOfKnown({ shot_attempts: shots }) {
  const known = shots.filter((shot) => shot.is_made != null);
  const made = known.filter((shot) => shot.is_made).length;
  return known.length ? `${made} of ${known.length} (${share(made / known.length)})` : number(null);
}

/** When a row of a view begins and ends, seconds of the video of its game. */
export const spanOfRow = (row) => [row.start_s ?? row.release_s, row.end_s ?? row.release_s];

export function aboutRow(view, row) {
  const facts = {
    stints: [`seen ${minutes(row.observed_s)}`],
    touches: [seconds(row.duration_s), row.is_drive && "drive", row.is_paint_touch && "in the lane", row.is_shot_attempt && "shot"],
    passes: [row.length_m != null && `${number(row.length_m, 1)} m`],
    shot_attempts: [row.kind, row.distance_m != null && `${number(row.distance_m, 1)} m`,
      row.is_made == null ? "not known whether it fell" : row.is_made ? "fell" : "did not fall"],
    lane_stays: [seconds(row.duration_s)],
    three_second_violations: [row.kind, row.grade, seconds(row.min_duration_s)],
  }[view] ?? [];
  return facts.filter(Boolean).join(" · ");
}

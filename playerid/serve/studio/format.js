// How numbers, times and words are written.

export const DASH = "–";

/** 75.4 -> "1:15", with tenths "1:15.4". */
export function minutes(value_s, tenths = false) {
  if (value_s == null) return DASH;
  const unit = tenths ? 10 : 1;
  const all = Math.round(Math.max(value_s, 0) * unit) / unit;
  const rest = all - 60 * Math.floor(all / 60);
  const text = rest.toFixed(tenths ? 1 : 0);
  return `${Math.floor(all / 60)}:${text.padStart(tenths ? 4 : 2, "0")}`;
}

export const number = (value, digits = 0) =>
  value == null ? DASH : value.toLocaleString("en", {
    minimumFractionDigits: digits, maximumFractionDigits: digits,
  });

export const share = (value) => (value == null ? DASH : `${Math.round(100 * value)} %`);

/** A name, or what stands for somebody without one. */
export const nameOf = (person) =>
  person?.player_name || person?.player_id || (person?.jersey_number ? `#${person.jersey_number}?` : "unnamed");

const SUFFIXES = new Set(["Jr", "Jr.", "Sr", "Sr.", "II", "III", "IV", "V"]);

export function surname(name) {
  const words = name.split(" ").filter((word) => word && !SUFFIXES.has(word));
  return words.at(-1) || name;
}

/** "three_second_violations" -> "three second violations". */
export const words = (name) => name.replaceAll("_", " ");

/** Whether a person plays; those have a team. */
export const plays = (person) => ["player", "goalkeeper"].includes(person.role);

const OBEYED = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;

/** Text without control characters and marks that turn its direction: each is shown by its number. */
export const visible = (text) => text.replace(OBEYED, (character) => {
  const code = character.charCodeAt(0);
  return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16).padStart(4, "0")}`;
});

/** Text for a cell of a spreadsheet: none that it would run as a formula. */
export function cell(value) {
  if (typeof value !== "string") return value == null ? "" : typeof value === "object" ? JSON.stringify(value) : String(value);
  const text = visible(value);
  return /^[=+@\t-]/.test(text) && !(text.trim() && Number.isFinite(Number(text))) ? `'${text}` : text;
}

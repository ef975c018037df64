/** Longest value, in characters (registration-protocol 6.4). */
const MAX_LENGTH = 58;

/** Turns any text into a valid label value, possibly the empty one (registration-protocol 6.4, H23). */
export function sanitiseLabelValue(text: string): string {
  return bound(dashes(text, /[^A-Za-z0-9._]/gu));
}

/** Turns any text into a lower-case DNS subdomain; the empty string when nothing usable is left. */
export function sanitiseName(text: string): string {
  const parts = dashes(text, /[^A-Za-z0-9.]/gu).replace(/-*\.[-.]*/g, ".");
  return bound(parts).toLowerCase();
}

function dashes(text: string, unwanted: RegExp): string {
  return text.replace(unwanted, "-").replace(/-+/g, "-");
}

/** Trims before and after the cut, so that both ends are letters or digits. */
function bound(text: string): string {
  const trimmed = text.replace(/^[^A-Za-z0-9]+/, "");
  return trimEnd(trimEnd(trimmed).slice(0, MAX_LENGTH));
}

/** A loop, because a regular expression anchored at the end takes quadratic time on long runs. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && !/[A-Za-z0-9]/.test(text.charAt(end - 1))) end--;
  return text.slice(0, end);
}

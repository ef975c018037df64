/**
 * How a string is written so that every YAML 1.1 and 1.2 reader takes it for the same string
 * (registration-protocol 7.3): plain when safe, double-quoted when it would read as another type or holds characters
 * that need escapes, single-quoted when only its punctuation is in the way.
 */
export type ScalarStyle = "plain" | "single" | "double" | "literal";

/** Words of YAML 1.1 that are no strings. */
const words = new Set(
  ["~", "null", "true", "false", "yes", "no", "on", "off", "y", "n", ".nan", ".inf", "+.inf", "-.inf"].flatMap(
    (word) => [word, word.toUpperCase(), word.charAt(0).toUpperCase() + word.slice(1)],
  ),
);

const otherTypes = [
  /^[-+]?(\.[0-9_]*|[0-9][0-9_]*(\.[0-9_]*)?)([eE][-+]?[0-9]+)?$/,
  /^[-+]?0[xX][0-9a-fA-F_]+$/,
  /^[-+]?0[oO][0-7_]+$/,
  /^[-+]?0[bB][01_]+$/,
  /^[-+]?[0-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?$/,
  /^[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}([Tt \t].*)?$/,
  /^\.(NaN|Inf)$/,
  /^(<<|=)$/,
];

function readsAsOtherType(text: string): boolean {
  return text === "" || words.has(text) || otherTypes.some((pattern) => pattern.test(text));
}

/** The characters YAML prints without an escape. */
const printable = /^[\n\t\u0020-\u007e\u00a0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd]*$/;

/** Starts of a plain scalar that YAML reads as something else. */
const indicatorStart = /^([#,[\]{}&*!|>'"%@`]|[?:-](\s|$)|---|\.\.\.| )/;
const indicatorInside = /: |:$| #| $/;

/** `oneLine` says that the text stands where a literal block cannot. */
export function scalarStyle(text: string, oneLine: boolean): ScalarStyle {
  if (!printable.test(text)) return "double";
  if (text.includes("\n")) return oneLine || !literalSafe(text) ? "double" : "literal";
  if (readsAsOtherType(text) || text.includes("\t")) return "double";
  return indicatorStart.test(text) || indicatorInside.test(text) ? "single" : "plain";
}

/** A literal block cannot show spaces at the end of a line. */
function literalSafe(text: string): boolean {
  return !/ (\n|$)/.test(text);
}

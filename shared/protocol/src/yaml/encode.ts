import { scalarStyle } from "./scalar.ts";

/** What the encoder writes. Maps keep their order; a bigint is written as a plain integer. */
export type YamlNode = string | number | bigint | boolean | null | YamlNode[] | YamlMap;
export type YamlMap = Map<string, YamlNode>;

/** Spaces per level, as the original writes them. */
const STEP = 4;

/** Longest key that is written as `key:`; longer ones need YAML's explicit form. */
const MAX_SIMPLE_KEY = 128;

/** One YAML document in block style, without `---`, ending with a line feed (registration-protocol 7.3). */
export function encodeYaml(map: YamlMap): string {
  return map.size === 0
    ? "{}\n"
    : mapLines(map)
        .map((line) => `${line}\n`)
        .join("");
}

/** `step` is what nested lines are indented by, relative to the map's own. */
function mapLines(map: YamlMap, step = STEP): string[] {
  return [...map].flatMap(([key, value]) => {
    const name = scalarText(key, true);
    if (name.length <= MAX_SIMPLE_KEY) return entryLines(`${name}:`, value, step);
    return [`? ${name}`, ...entryLines(":", value, step)];
  });
}

/** `head` and the value: on the same line when it fits there, else on indented lines below. */
function entryLines(head: string, value: YamlNode, step: number): string[] {
  if (value instanceof Map) return value.size === 0 ? [`${head} {}`] : [head, ...indent(mapLines(value), step)];
  if (Array.isArray(value))
    return value.length === 0 ? [`${head} []`] : [head, ...indent(value.flatMap(itemLines), step)];
  if (typeof value === "string" && scalarStyle(value, false) === "literal") return literalLines(head, value, step);
  return [`${head} ${scalarText(value, false)}`];
}

/** Members of a list stand two columns right of its dash; what they nest continues at the next multiple of STEP. */
function itemLines(item: YamlNode): string[] {
  const [first = "", ...rest] = item instanceof Map && item.size > 0 ? mapLines(item, STEP - 2) : leafLines(item);
  return [`- ${first}`, ...indent(rest, 2)];
}

function leafLines(item: YamlNode): string[] {
  if (item instanceof Map) return ["{}"];
  if (Array.isArray(item)) return item.length === 0 ? ["[]"] : item.flatMap(itemLines);
  return [scalarText(item, true)];
}

function indent(lines: string[], step: number): string[] {
  return lines.map((line) => (line === "" ? line : " ".repeat(step) + line));
}

/** A literal block; the header names the indentation when the text begins with a space, and how it ends. */
function literalLines(head: string, text: string, step: number): string[] {
  const explicit = /^[ \n]/.test(text) ? String(step) : "";
  if (!text.endsWith("\n")) return [`${head} |${explicit}-`, ...indent(text.split("\n"), step)];
  const keep = text === "\n" || text.endsWith("\n\n") ? "+" : "";
  return [`${head} |${explicit}${keep}`, ...indent(text.slice(0, -1).split("\n"), step)];
}

/** `oneLine` says that a literal block is not possible: in keys and list items. */
function scalarText(value: string | number | bigint | boolean | null, oneLine: boolean): string {
  if (typeof value !== "string") return String(value);
  const style = scalarStyle(value, oneLine);
  if (style === "plain") return value;
  return style === "single" ? `'${value.replaceAll("'", "''")}'` : doubleQuoted(value);
}

/** JSON's escapes are a subset of YAML's; what JSON prints raw but YAML does not becomes an escape too. */
function doubleQuoted(text: string): string {
  const json = JSON.stringify(text.toWellFormed());
  return json.replace(/[\u007f-\u009f\u2028\u2029\ufeff\ufffe\uffff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

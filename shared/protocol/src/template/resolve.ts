import { isJsonObject, type JsonObject, type JsonValue } from "../json/index.ts";
import { cryptoRandom, type RandomSource, randomHex, randomInteger, randomUuid } from "./random.ts";

/**
 * What became of a template. One variable that cannot be resolved makes the whole text fail: `notFound` when the data
 * have no string at its path, `invalid` when a random variable is malformed or the result would be too long.
 */
export type Resolution = { outcome: "ok"; text: string } | { outcome: "notFound" } | { outcome: "invalid" };

/** Bounds what a short template can blow up to; the longest useful value is an annotation's. */
const MAX_RESULT_LENGTH = 32 * 1024;

const INT64_MAX = 2n ** 63n - 1n;

/** Whether the text contains a variable that is drawn anew each time (registration-protocol 6.7). */
export function isRandom(template: string): boolean {
  return template.includes("${Random");
}

/** Replaces the variables of a template once, from left to right (registration-protocol 6.3). */
export function resolveTemplate(template: string, data: JsonObject, random: RandomSource = cryptoRandom): Resolution {
  let text = "";
  let position = 0;
  for (;;) {
    const start = template.indexOf("${", position);
    const end = start < 0 ? -1 : template.indexOf("}", start);
    if (end < 0) break;
    const value = resolveVariable(template.slice(start + 2, end).split("/"), data, random);
    if (value.outcome !== "ok") return value;
    text += template.slice(position, start) + value.text;
    position = end + 1;
    if (text.length > MAX_RESULT_LENGTH) return { outcome: "invalid" };
  }
  text += template.slice(position);
  return text.length > MAX_RESULT_LENGTH ? { outcome: "invalid" } : { outcome: "ok", text };
}

function resolveVariable(path: string[], data: JsonObject, random: RandomSource): Resolution {
  const [first, kind, ...parameters] = path;
  if (first === "Random" && kind !== undefined && Object.hasOwn(generators, kind)) {
    const text = generators[kind]?.(parameters, random);
    return text === undefined ? { outcome: "invalid" } : { outcome: "ok", text };
  }
  return lookUp(path, data);
}

/** Walks objects only, by their own members; only a string at the end is a value. */
function lookUp(path: string[], data: JsonObject): Resolution {
  let value: JsonValue | undefined = data;
  for (const component of path) {
    if (!isJsonObject(value) || !Object.hasOwn(value, component)) return { outcome: "notFound" };
    value = value[component];
  }
  return typeof value === "string" ? { outcome: "ok", text: value } : { outcome: "notFound" };
}

/** The random variables by the component after `Random`; undefined for wrong parameters. */
const generators: Record<string, (parameters: string[], random: RandomSource) => string | undefined> = {
  UUID: (parameters, random) => (parameters.length === 0 ? randomUuid(random) : undefined),
  Hex: (parameters, random) => {
    const digits = count(parameters, 32n);
    return digits === undefined ? undefined : randomHex(random, Number(digits));
  },
  Int: (parameters, random) => {
    const limit = count(parameters, INT64_MAX);
    return limit === undefined ? undefined : String(randomInteger(random, limit));
  },
};

function count(parameters: string[], max: bigint): bigint | undefined {
  const [text = "", ...rest] = parameters;
  if (rest.length > 0 || !/^\+?[0-9]{1,40}$/.test(text)) return undefined;
  const value = BigInt(text.replace("+", ""));
  return value >= 1n && value <= max ? value : undefined;
}

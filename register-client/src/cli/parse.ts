import { ClientError } from "../errors.ts";
import { type Flag, type FlagValue, parseBool, parseInt64 } from "./flag.ts";
import { parseLabelFlag } from "./label-flag.ts";

/** What a command line gave: only the flags that were really there, and the words that are no flags. */
export interface ParsedArguments {
  given: ReadonlyMap<string, FlagValue>;
  positionals: string[];
}

/**
 * Parses arguments with the conventions of the original's framework: `--name value`, `--name=value`, `-n`, grouped
 * short flags, `--` ends the flags, flags and words in any order. Throws a ClientError `Usage`.
 */
export function parseArguments(args: readonly string[], flags: readonly Flag[]): ParsedArguments {
  const given = new Map<string, FlagValue>();
  const positionals: string[] = [];
  const rest = [...args];
  for (let word = rest.shift(); word !== undefined; word = rest.shift()) {
    if (word === "--") {
      positionals.push(...rest);
      break;
    }
    if (word.startsWith("--")) takeLong(word, { flags, rest, given });
    else if (word.startsWith("-") && word !== "-") takeShort(word, { flags, rest, given });
    else positionals.push(word);
  }
  return { given, positionals };
}

interface Parsing {
  flags: readonly Flag[];
  rest: string[];
  given: Map<string, FlagValue>;
}

function takeLong(word: string, parsing: Parsing): void {
  const [, name = "", text] = /^--([^=]*)(?:=([\s\S]*))?$/.exec(word) ?? [];
  if (name === "" || name.startsWith("-")) throw usage(`bad flag syntax: ${word}`);
  const flag = parsing.flags.find((candidate) => candidate.name === name);
  if (!flag) throw usage(`unknown flag: --${name}`);
  const value = text ?? (flag.type === "bool" ? "true" : parsing.rest.shift());
  if (value === undefined) throw usage(`flag needs an argument: --${name}`);
  store(flag, value, parsing.given);
}

function takeShort(word: string, parsing: Parsing): void {
  let letters = word.slice(1);
  while (letters !== "") {
    const letter = letters.charAt(0);
    letters = letters.slice(1);
    const flag = parsing.flags.find((candidate) => candidate.short === letter);
    if (!flag) throw usage(`unknown shorthand flag: '${letter}' in ${word}`);
    if (flag.type === "bool" && !letters.startsWith("=")) {
      store(flag, "true", parsing.given);
      continue;
    }
    const value = letters === "" ? parsing.rest.shift() : letters.replace(/^=/, "");
    if (value === undefined) throw usage(`flag needs an argument: '${letter}' in ${word}`);
    store(flag, value, parsing.given);
    return;
  }
}

function store(flag: Flag, text: string, given: Map<string, FlagValue>): void {
  const value = convert(flag, text, given);
  if (value instanceof Error) {
    const shown = flag.short ? `-${flag.short}, --${flag.name}` : `--${flag.name}`;
    throw usage(`invalid argument ${JSON.stringify(text)} for "${shown}" flag: ${value.message}`);
  }
  given.set(flag.name, value);
}

function convert(flag: Flag, text: string, given: ReadonlyMap<string, FlagValue>): FlagValue | Error {
  if (flag.type === "string") return text;
  if (flag.type === "bool") return parseBool(text) ?? new Error(`${JSON.stringify(text)} is neither true nor false`);
  if (flag.type === "int64") return parseInt64(text) ?? new Error(`${JSON.stringify(text)} is not a 64-bit integer`);
  const previous = given.get(flag.name);
  try {
    return new Map([...(previous instanceof Map ? previous : []), ...parseLabelFlag(text)]);
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

function usage(message: string): ClientError {
  return new ClientError("Usage", message);
}

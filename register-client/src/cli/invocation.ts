import { ClientError } from "../errors.ts";
import { type Command, commands, defaultLabelsFile, installedPaths, livePaths, rootCommand } from "./command.ts";
import { parseDuration } from "./duration.ts";
import type { FlagValue } from "./flag.ts";
import { type ParsedArguments, parseArguments } from "./parse.ts";

export type Mode = "register" | "install" | "reset" | "reset-network";
export type LogFormat = "text" | "json";

/** A registration run, after defaults. `given` keeps the flags that outrank environment and file. */
export interface RegisterInvocation {
  command: "register";
  mode: Mode;
  configPath: string;
  /** Whether a configuration file that does not exist may be taken as empty. */
  configOptional: boolean;
  statePath: string;
  labelsFile: string;
  disableBootEntry: boolean;
  debug: boolean;
  logFormat: LogFormat;
  /** Milliseconds during which an unreachable server is tried again; 0 for one attempt. */
  retryForMs: number;
  tpmSocket: string | undefined;
  tpmKey: string | undefined;
  given: ReadonlyMap<string, FlagValue>;
}

export const dumpSubjects = ["hostinfo", "legacy", "smbios"] as const;
export const dumpFormats = ["labels", "yaml", "json", "json-compact"] as const;

export interface DumpInvocation {
  command: "dumpdata";
  subject: (typeof dumpSubjects)[number];
  raw: boolean;
  format: (typeof dumpFormats)[number];
}

export type Invocation =
  | RegisterInvocation
  | DumpInvocation
  | { command: "version" }
  | { command: "help"; of: Command }
  | { command: "completion"; shell: string | undefined };

/** The command that `args` call: the first word that is neither a flag nor a flag's value. */
export function findCommand(args: readonly string[]): Command {
  const known = [...commands.flatMap(({ flags }) => flags), ...rootCommand.flags];
  for (let i = 0; i < args.length; i += 1) {
    const word = args[i] ?? "";
    if (word === "--") return rootCommand;
    if (!word.startsWith("-")) return commandNamed(word) ?? rootCommand;
    const name = word.replace(/^-+/, "");
    const flag = known.find((candidate) => (word.startsWith("--") ? candidate.name : candidate.short) === name);
    if (flag && flag.type !== "bool") i += 1;
  }
  return rootCommand;
}

function commandNamed(word: string): Command | undefined {
  return commands.find(({ name, aliases }) => name === word || aliases.includes(word));
}

/** Reads a whole command line, defaults filled in. Throws a ClientError `Usage`. */
export function parseInvocation(args: readonly string[]): Invocation {
  const command = findCommand(args);
  const parsed = parseArguments(args, command.flags);
  const words = command === rootCommand ? parsed.positionals : parsed.positionals.slice(1);
  if (parsed.given.get("help") === true) return { command: "help", of: command };
  if (command.name === "help") return { command: "help", of: commandNamed(words[0] ?? "") ?? rootCommand };
  if (command.name === "completion") return { command: "completion", shell: words[0] };
  if (command.name === "dumpdata") return dumpInvocation(parsed.given, words);
  if (command.name === "version" || parsed.given.get("version") === true) return { command: "version" };
  if (words[0] !== undefined) {
    throw new ClientError("Usage", `unknown command ${JSON.stringify(words[0])} for "elemental-register"`);
  }
  return registerInvocation(parsed);
}

function registerInvocation({ given }: ParsedArguments): RegisterInvocation {
  const mode = modeOf(given);
  const paths = mode === "install" && given.get("no-toolkit") !== true ? livePaths : installedPaths;
  const configPath = text(given, "config-path");
  return {
    command: "register",
    mode,
    configPath: configPath ?? paths.config,
    configOptional: configPath === undefined && text(given, "registration-url") !== undefined,
    statePath: text(given, "state-path") ?? paths.state,
    labelsFile: text(given, "local-labels-file") ?? defaultLabelsFile,
    disableBootEntry: given.get("disable-boot-entry") === true,
    debug: given.get("debug") === true,
    logFormat: choice(given, "log-format", ["text", "json"]),
    retryForMs: given.get("once") === true ? 0 : retryBudget(text(given, "retry-for") ?? "5m"),
    tpmSocket: text(given, "tpm-socket"),
    tpmKey: text(given, "tpm-key"),
    given,
  };
}

function modeOf(given: ReadonlyMap<string, FlagValue>): Mode {
  const modes = (["install", "reset", "reset-network"] as const).filter((name) => given.get(name) === true);
  if (modes.length > 1) {
    throw new ClientError("Usage", `${modes.map((name) => `--${name}`).join(" and ")} are mutually exclusive`);
  }
  return modes[0] ?? "register";
}

function retryBudget(duration: string): number {
  const ms = parseDuration(duration);
  if (ms === undefined)
    throw new ClientError("Usage", `invalid --retry-for ${JSON.stringify(duration)}: want e.g. 90s`);
  return ms;
}

function dumpInvocation(given: ReadonlyMap<string, FlagValue>, words: string[]): DumpInvocation {
  if (words.length > 1) throw new ClientError("Usage", `accepts at most 1 arg(s), received ${words.length}`);
  const word = words[0] ?? "hostinfo";
  const subject = dumpSubjects.find((candidate) => candidate === word);
  if (!subject)
    throw new ClientError("Usage", `invalid argument ${JSON.stringify(word)} for "elemental-register dumpdata"`);
  return { command: "dumpdata", subject, raw: given.get("raw") === true, format: choice(given, "format", dumpFormats) };
}

function choice<T extends string>(given: ReadonlyMap<string, FlagValue>, name: string, choices: readonly T[]): T {
  const word = text(given, name) ?? choices[0];
  const chosen = choices.find((candidate) => candidate === word);
  if (chosen === undefined) {
    throw new ClientError("Usage", `invalid --${name} ${JSON.stringify(word)}: want ${choices.join(", ")}`);
  }
  return chosen;
}

function text(given: ReadonlyMap<string, FlagValue>, name: string): string | undefined {
  const value = given.get(name);
  return typeof value === "string" ? value : undefined;
}

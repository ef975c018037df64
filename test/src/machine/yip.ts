import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { placeDirectory, placeFile } from "./place.ts";

interface Step {
  if?: string;
  directories?: { path: string; permissions?: number }[];
  files?: { path: string; content?: string; permissions?: number }[];
  commands?: string[];
}

/** How the conditions and the commands of documents are dealt with. */
export interface Shell {
  holds(condition: string): boolean;
  run(command: string): void;
}

/**
 * Carries out one stage of the toolkit's documents below `root`, as far as the client and the operator use them: conditions,
 * directories, files, and commands.
 */
export function runStage(root: string, document: string, stage: string, shell: Shell): void {
  const parsed = parse(document) as { stages?: Record<string, Step[]> } | null;
  for (const step of parsed?.stages?.[stage] ?? []) {
    if (step.if === undefined || shell.holds(step.if)) runStep(root, step, shell);
  }
}

function runStep(root: string, { directories = [], files = [], commands = [] }: Step, shell: Shell): void {
  for (const { path, permissions } of directories) placeDirectory(root, path, permissions ?? 0o755);
  for (const { path, content, permissions } of files) placeFile(root, path, content ?? "", permissions ?? 0o600);
  for (const command of commands) shell.run(command);
}

/** Runs a stage of every document of a directory, in the order of their names. */
export function runStageOf(root: string, directory: string, stage: string, shell: Shell): void {
  const path = join(root, directory);
  if (!existsSync(path)) return;
  const names = readdirSync(path).filter((name) => /\.ya?ml$/.test(name));
  for (const name of names.sort()) runStage(root, readFileSync(join(path, name), "utf8"), stage, shell);
}

/**
 * The shell of a simulated machine: `[ ! -f PATH ]` and `[ -f PATH ]` are looked up below `root`, any other condition does
 * not hold, and commands are told to `onCommand` instead of being executed.
 */
export function simulatedShell(root: string, onCommand: (command: string) => void = () => {}): Shell {
  return {
    holds(condition) {
      const [, negation, path] = /^\[ (! )?-f (\S+) \]$/.exec(condition) ?? [];
      return path !== undefined && existsSync(join(root, path)) === (negation === undefined);
    },
    run: onCommand,
  };
}

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

/**
 * Carries out one stage of the toolkit's documents below `root`, as far as the client and the operator use them: conditions
 * on the absence of a file, directories and files. Returns the commands, which are not executed.
 */
export function runStage(root: string, document: string, stage: string): string[] {
  const parsed = parse(document) as { stages?: Record<string, Step[]> } | null;
  const commands: string[] = [];
  for (const step of parsed?.stages?.[stage] ?? []) {
    if (!holds(root, step.if)) continue;
    for (const { path, permissions } of step.directories ?? []) placeDirectory(root, path, permissions ?? 0o755);
    for (const { path, content, permissions } of step.files ?? []) {
      placeFile(root, path, content ?? "", permissions ?? 0o600);
    }
    commands.push(...(step.commands ?? []));
  }
  return commands;
}

/** Runs a stage of every document of a directory, in the order of their names. */
export function runStageOf(root: string, directory: string, stage: string): string[] {
  const path = join(root, directory);
  if (!existsSync(path)) return [];
  const names = readdirSync(path).filter((name) => name.endsWith(".yaml"));
  return names.sort().flatMap((name) => runStage(root, readFileSync(join(path, name), "utf8"), stage));
}

/** `[ ! -f PATH ]` and `[ -f PATH ]`; any other condition does not hold. */
function holds(root: string, condition: string | undefined): boolean {
  if (condition === undefined) return true;
  const [, negation, path] = /^\[ (! )?-f (\S+) \]$/.exec(condition) ?? [];
  return path !== undefined && existsSync(join(root, path)) === (negation === undefined);
}

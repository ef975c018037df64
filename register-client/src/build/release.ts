import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

/** What a build says of itself, as the constants that src/version.ts reads. */
export type Release = Record<"ELEMENTAL_VERSION" | "ELEMENTAL_COMMIT" | "ELEMENTAL_COMMIT_DATE", string>;

/**
 * The release to build: the version of package.json and the commit that is checked out. Environment variables of the same
 * names replace them, for builds outside a git checkout; without either, commit and date are empty.
 */
export function currentRelease(env: NodeJS.ProcessEnv = process.env): Release {
  const { version }: { version: string } = JSON.parse(readFileSync("package.json", "utf8"));
  return {
    ELEMENTAL_VERSION: env["ELEMENTAL_VERSION"] ?? version,
    ELEMENTAL_COMMIT: env["ELEMENTAL_COMMIT"] ?? git("rev-parse", "--short=12", "HEAD"),
    ELEMENTAL_COMMIT_DATE: env["ELEMENTAL_COMMIT_DATE"] ?? git("log", "-1", "--format=%cI"),
  };
}

/** `release` as esbuild's `define` wants it. */
export function definitions(release: Release): Record<string, string> {
  return Object.fromEntries(Object.entries(release).map(([name, value]) => [name, JSON.stringify(value)]));
}

function git(...args: string[]): string {
  try {
    return execFileSync("git", args, { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return "";
  }
}

declare const ELEMENTAL_VERSION: string | undefined;
declare const ELEMENTAL_COMMIT: string | undefined;
declare const ELEMENTAL_COMMIT_DATE: string | undefined;

/** What the bundler was told about this build. */
export const build = {
  version: typeof ELEMENTAL_VERSION === "string" ? ELEMENTAL_VERSION : "0.1.0-dev",
  commit: typeof ELEMENTAL_COMMIT === "string" ? ELEMENTAL_COMMIT : "",
  commitDate: typeof ELEMENTAL_COMMIT_DATE === "string" ? ELEMENTAL_COMMIT_DATE : "",
} as const;

/** The version line of `program`, e.g. `Register`. */
export function versionLine(program: string): string {
  return `${program} version ${build.version}, commit ${build.commit}, commit date ${build.commitDate}`;
}

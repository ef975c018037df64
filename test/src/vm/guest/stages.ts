import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { runStageOf, type Shell } from "../../machine/yip.ts";
import { say } from "./run.ts";

/** Where documents are looked for (register-client-and-media 4.3), the directory of the kernel's command line included. */
export function documentDirectories(commandLine = readFileSync("/proc/cmdline", "utf8")): string[] {
  const setup = /(?:^|\s)(?:elemental|cos)\.setup=(\S+)/.exec(commandLine)?.[1];
  return ["/system/oem", "/oem", "/usr/local/cloud-config", ...(setup ? [setup] : [])];
}

const shell: Shell = {
  holds: (condition) => spawnSync("sh", ["-c", condition]).status === 0,
  run(command) {
    const { status } = spawnSync("sh", ["-c", command], { stdio: "inherit" });
    say(`${status === 0 ? "executed" : `failed (${status})`}: ${command}`);
  },
};

/** Runs a stage with what comes before and after it, from all documents and from those in `more`. */
export function runStages(stage: string, more: readonly string[] = []): void {
  for (const part of [`${stage}.before`, stage, `${stage}.after`]) {
    for (const directory of [...documentDirectories(), ...more]) {
      if (existsSync(directory)) runStageOf("/", directory, part, shell);
    }
  }
}

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type LiveSystem, liveSystem, type ServerScript, toolkitRecord } from "@elemental/register-client/testing";
import { expect } from "vitest";

/** Everything on the machine's file system: paths, and what the files hold. */
export function treeOf({ lab }: LiveSystem): string[] {
  return walk(lab.root).sort();
}

/** Links are not followed: those of a machine's devices lead in circles. */
function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return [path, ...walk(path)];
    return [entry.isFile() ? `${path} ${createHash("sha256").update(readFileSync(path)).digest("hex")}` : path];
  });
}

/** A machine that a server has refused before, so that everything a run leaves without registering is there. */
export async function attackedMachine(auth: "mac" | "tpm" = "mac"): Promise<LiveSystem> {
  const system = await liveSystem({ refuse: { status: 401, body: "no" } });
  const emulation = auth === "tpm" ? ", emulate-tpm: true, emulated-tpm-seed: 7" : "";
  const registration = `elemental: {registration: {url: "${system.server.url}", auth: ${auth}${emulation}}}\n`;
  system.lab.write({ "run/initramfs/live/livecd-cloud-config.yaml": registration });
  await system.lab.run("--once", "--install");
  return system;
}

/** Runs an installation against the script; the last line, after proving that the machine is as it was. */
export async function unharmed(system: LiveSystem, script: ServerScript): Promise<string> {
  const before = treeOf(system);
  system.server.script = script;
  const { status, stderr, stdout } = await system.lab.run("--once", "--install", "--no-smbios");
  expect(status).toBe(255);
  expect(treeOf(system)).toEqual(before);
  expect(toolkitRecord(system.lab)).toBeUndefined();
  expect((stderr + stdout).replaceAll("\n", "")).not.toMatch(/\p{Cc}/u);
  return stderr.trimEnd().split("\n").at(-1) ?? "";
}

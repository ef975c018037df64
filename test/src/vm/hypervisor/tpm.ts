import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { manufactureSwtpm } from "@elemental/tpm/testing";

/** The TPM of a virtual machine. */
export interface MachineTpm {
  /** Socket by which the hypervisor takes it. */
  control: string;
  /** Ends it and forgets its state. */
  stop(): Promise<void>;
}

const startMs = 10_000;

/** Manufactures a TPM with endorsement key certificates and starts it. It ends by itself when the hypervisor goes. */
export async function startMachineTpm(): Promise<MachineTpm> {
  // Not below the machine's directory: the path of a socket must be short.
  const directory = await mkdtemp(join(tmpdir(), "elemental-tpm-"));
  const control = join(directory, "ctrl");
  await manufactureSwtpm(directory);
  const args = ["socket", "--tpm2", "--tpmstate", `dir=${directory}`, "--ctrl", `type=unixio,path=${control}`];
  const child = spawn("swtpm", [...args, "--terminate"], { stdio: "ignore" });
  const ended = once(child, "exit");
  for (const deadline = Date.now() + startMs; !existsSync(control); await delay(20)) {
    if (child.exitCode !== null || Date.now() > deadline) throw new Error("swtpm did not start");
  }
  return {
    control,
    async stop() {
      child.kill("SIGTERM");
      await ended;
      await rm(directory, { recursive: true, force: true });
    },
  };
}

import { startSwtpm } from "@elemental/tpm/testing";
import { machineSeed } from "./facts.ts";

/** What a simulated machine has for a TPM: a swtpm process, software inside the client, or none (MAC address). */
export type MachineTpm = "swtpm" | "emulated" | "none";

/** A machine's TPM while it runs. */
export interface RunningTpm {
  /** Arguments with which the register client finds it. */
  args: string[];
  stop(): Promise<void>;
}

/** Starts the TPM of the machine called `name`, with its state in `directory`. */
export async function startTpm(kind: MachineTpm, name: string, directory: string): Promise<RunningTpm> {
  if (kind === "swtpm") {
    const { address, stop } = await startSwtpm(directory);
    const socket = "path" in address ? address.path : `${address.host}:${address.port}`;
    return { args: ["--tpm-socket", socket, "--emulate-tpm=false", "--auth", "tpm"], stop };
  }
  const emulated = ["--emulate-tpm", "--emulated-tpm-seed", String(machineSeed(name)), "--auth", "tpm"];
  return { args: kind === "emulated" ? emulated : ["--auth", "mac"], stop: async () => {} };
}

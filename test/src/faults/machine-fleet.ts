import { setTimeout as delay } from "node:timers/promises";
import { createMachine, type Machine, type PlanApplication } from "../machine/index.ts";

const retryMs = 500;
const resetFile = "/oem/reset-cloud-config.yaml";

/** Machines that register, follow their plans, and register again after a reset, until they are switched off. */
export interface MachineFleet {
  /** Resets that machines were told to do and did. */
  resets(): number;
  stop(): Promise<void>;
}

/** Switches the machines on, a few at a time. */
export function startFleet(count: number, registration: string): MachineFleet {
  const off = new AbortController();
  const state = { resets: 0 };
  const lives = Array.from({ length: count }, async (_value, index) => {
    await delay(index * 100, undefined, { signal: off.signal }).catch(() => {});
    const machine = await createMachine({
      name: `fleet-${index}`,
      registration,
      tpm: "none",
      inProcess: true,
      args: ["--once"],
    });
    await live(machine, off.signal, () => {
      state.resets += 1;
    });
    await machine.stop();
  });
  return {
    resets: () => state.resets,
    async stop() {
      off.abort();
      await Promise.all(lives);
    },
  };
}

/** Registers, as often as it takes, and does what its plans say; a reset leads to the next registration. */
async function live(machine: Machine, off: AbortSignal, wasReset: () => void): Promise<void> {
  for (let mode: "install" | "reset" = "install"; !off.aborted; mode = "reset") {
    while (!off.aborted && (await machine.register(mode)).status !== 0) {
      await delay(retryMs, undefined, { signal: off }).catch(() => {});
    }
    if (off.aborted) return;
    const agent = machine.startAgent();
    off.addEventListener("abort", () => void agent.stop(), { once: true });
    const reset = await agent.applied(isReset).catch(() => undefined);
    await agent.stop();
    if (reset) wasReset();
  }
}

function isReset({ plan: { files } }: PlanApplication): boolean {
  return files?.[0]?.path === resetFile;
}

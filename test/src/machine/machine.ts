import { existsSync } from "node:fs";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  addHostPrograms,
  addProgram,
  addSystemRecorders,
  createHostTree,
  type HostFacts,
  writeTree,
} from "@elemental/register-client/testing";
import { type Agent, type AgentOptions, startAgent } from "./agent/agent.ts";
import { runClient, runClientInProcess } from "./client.ts";
import { machineFacts } from "./facts.ts";
import { removePath } from "./place.ts";
import { readCalls, type ToolkitCall } from "./toolkit-call.ts";
import { type MachineTpm, startTpm } from "./tpm.ts";
import { runStageOf, simulatedShell } from "./yip.ts";

export interface MachineOptions {
  /** Host name; serial number, UUID and MAC address derive from it. */
  name: string;
  /** The registration file as it lies on the seed image. */
  registration: string;
  tpm?: MachineTpm;
  /** Where the machine lives; a temporary directory, removed by `stop`, when absent. */
  directory?: string;
  /** Run the client within this process instead of as a program of its own. */
  inProcess?: boolean;
  /** More arguments of the register client. */
  args?: readonly string[];
  onLine?: (line: string) => void;
}

export interface RegisterResult {
  status: number;
  /** What the client printed. */
  lines: string[];
  /** How the client called the stub of `elemental`. */
  toolkitCalls: ToolkitCall[];
}

export type RegisterMode = "install" | "update" | "reset";

/** A simulated machine: a real register client on a file system, firmware, TPM and toolkit that stand in for hardware. */
export interface Machine {
  facts: HostFacts;
  /** The machine's file system. */
  root: string;
  /** Runs the client; after a successful installation or reset the installed system is "booted". */
  register(mode?: RegisterMode): Promise<RegisterResult>;
  /** Starts the stand-in of the system agent with the delivered connection. */
  startAgent(options?: Omit<AgentOptions, "root">): Agent;
  /** Stops the agent and the TPM, and removes a temporary directory. */
  stop(): Promise<void>;
}

const stubElemental = fileURLToPath(new URL("./stub-elemental.ts", import.meta.url));

/** Builds a machine that has the live system of a seed image in its drive. */
export async function createMachine(options: MachineOptions): Promise<Machine> {
  const { name, tpm = "swtpm", onLine = () => {} } = options;
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "elemental-machine-")));
  const root = join(directory, "root");
  const facts = machineFacts(name);
  if (!existsSync(root)) build(root, facts, options.registration);
  const running = await startTpm(tpm, name, join(directory, "tpm"));
  const env = { PATH: `${root}/bin:${process.env["PATH"] ?? ""}` };
  const agents: Agent[] = [];
  return {
    facts,
    root,
    async register(mode = "install") {
      const lines: string[] = [];
      const args = [...modeArguments(mode), ...running.args, ...(options.args ?? [])];
      const run = options.inProcess ? runClientInProcess : runClient;
      enterMode(root, mode);
      const take = (line: string) => {
        lines.push(line);
        onLine(line);
      };
      const status = await run({ root, args, env, onLine: take });
      if (status === 0 && mode !== "update") await boot(root);
      return { status, lines, toolkitCalls: readCalls(root) };
    },
    startAgent(agentOptions = {}) {
      const agent = startAgent({ root, onLine, ...agentOptions });
      agents.push(agent);
      return agent;
    },
    async stop() {
      for (const agent of agents) await agent.stop();
      await running.stop();
      if (options.directory === undefined) await rm(directory, { recursive: true, force: true });
    },
  };
}

function build(root: string, facts: HostFacts, registration: string): void {
  createHostTree(root, facts);
  addHostPrograms(root, facts);
  addSystemRecorders(root);
  addProgram(root, "elemental", `exec '${process.execPath}' '${stubElemental}' "$@"`);
  writeTree(root, { "run/initramfs/live/livecd-cloud-config.yaml": registration });
}

function modeArguments(mode: RegisterMode): string[] {
  return mode === "update" ? [] : [`--${mode}`];
}

/** Makes the file system look as it does in the live, active or recovery system. */
function enterMode(root: string, mode: RegisterMode): void {
  for (const sentinel of ["live_mode", "active_mode", "recovery_mode"]) removePath(root, `/run/elemental/${sentinel}`);
  const sentinel = { install: "live_mode", update: "active_mode", reset: "recovery_mode" }[mode];
  writeTree(root, { [`run/elemental/${sentinel}`]: "1" });
}

/** What the installed system's first start does: it mounts the OEM partition and runs its documents. */
async function boot(root: string): Promise<void> {
  const written = join(root, "run/elemental/oem");
  await mkdir(join(root, "oem"), { recursive: true });
  if (existsSync(written)) await cp(written, join(root, "oem"), { recursive: true });
  removePath(root, "/run/elemental");
  writeTree(root, { "run/elemental/active_mode": "1" });
  runStageOf(root, "/oem", "initramfs", simulatedShell(root));
}

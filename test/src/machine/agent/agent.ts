import { EventEmitter, once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { type InstructionResult, type PlanApplication, recordOnly } from "./apply.ts";
import { readConnection } from "./connection.ts";
import type { PlanInstruction } from "./plan.ts";
import { PlanFollower } from "./plan-follower.ts";
import { ApiStatusError, type SecretApi, secretApi } from "./secret-api.ts";

export interface AgentOptions {
  /** The machine's file system. */
  root: string;
  onLine?: (line: string) => void;
  /** Carries out an instruction; unless told, instructions are only recorded and succeed. */
  run?: (instruction: PlanInstruction) => InstructionResult;
  /** Milliseconds before a failed plan is tried again. */
  cooldownMs?: number;
}

/** A stand-in of the system agent: it follows one plan Secret as the real one does. */
export interface Agent {
  /** Plans applied and reported so far, newest last. */
  applications: readonly PlanApplication[];
  /** The first application that satisfies `wanted`, past or future; rejects when the agent is stopped. */
  applied(wanted?: (application: PlanApplication) => boolean): Promise<PlanApplication>;
  stop(): Promise<void>;
}

/** Pauses between attempts to reach the API, in milliseconds. */
const RECONNECT_MS = 250;
const UNAUTHORIZED_MS = 5_000;

/** Starts the agent with the connection that was delivered to the machine. Throws when there is none. */
export function startAgent(options: AgentOptions): Agent {
  const { root, onLine = () => {}, run = recordOnly, cooldownMs = 30_000 } = options;
  const stopping = new AbortController();
  const applications: PlanApplication[] = [];
  const changes = new EventEmitter();
  const onApplied = (application: PlanApplication) => {
    applications.push(application);
    changes.emit("applied");
  };
  const api = secretApi(readConnection(root));
  const follower = new PlanFollower(api, { root, onLine, run, cooldownMs, onApplied });
  const running = follow(api, follower, stopping.signal, onLine);
  return {
    applications,
    async applied(wanted = () => true) {
      for (;;) {
        const found = applications.find(wanted);
        if (found) return found;
        await once(changes, "applied", { signal: stopping.signal });
      }
    },
    async stop() {
      stopping.abort();
      follower.stop();
      await running;
    },
  };
}

/** Lists and watches until stopped; every state of the Secret goes to the follower. */
async function follow(
  api: SecretApi,
  follower: PlanFollower,
  signal: AbortSignal,
  onLine: (line: string) => void,
): Promise<void> {
  while (!signal.aborted) {
    let pause = RECONNECT_MS;
    try {
      await followOnce(api, follower, signal);
    } catch (error) {
      if (signal.aborted) return;
      if (error instanceof ApiStatusError && error.status === 401) pause = UNAUTHORIZED_MS;
      onLine(`[simulated agent] ${error instanceof Error ? error.message : String(error)}`);
    }
    await delay(pause * (1 + Math.random()), undefined, { signal }).catch(() => {});
  }
}

/** One list and one watch, until the server ends it. */
async function followOnce(api: SecretApi, follower: PlanFollower, signal: AbortSignal): Promise<void> {
  await api.version();
  const { items, resourceVersion } = await api.list();
  for (const secret of items) await follower.see(secret);
  for await (const { type, object } of api.watch(resourceVersion, signal)) {
    if (type === "ERROR") return;
    if (type === "ADDED" || type === "MODIFIED") await follower.see(object);
    if (type === "DELETED") follower.forget();
  }
}

import { Agent, type IncomingMessage, request } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import type { Secret } from "@elemental/api";
import type { FleetMachine } from "./system.ts";

/** After a lost connection an agent waits up to this long, so that not all come back at once. */
const JITTER_MS = 1000;

const connections = new Agent({ keepAlive: false, maxSockets: Number.POSITIVE_INFINITY });

/** Follows its plan through the gateway as the system agent does: lists once, then watches from where it was. */
export class FollowingAgent {
  /** The plans it saw, in their order. */
  readonly plans: string[] = [];
  /** How often it connected, and how often the gateway had forgotten where it was. */
  connects = 0;
  expired = 0;
  readonly #url: string;
  readonly #machine: FleetMachine;
  readonly #onPlan: (plan: string) => void;
  #version = "";
  #stopped = false;
  #response: IncomingMessage | undefined;

  constructor(base: string, namespace: string, machine: FleetMachine, onPlan: (plan: string) => void = () => {}) {
    const selector = `fieldSelector=metadata.name%3D${machine.name}`;
    this.#url = `${base}/api/v1/namespaces/${namespace}/secrets?${selector}&watch=true&allowWatchBookmarks=true`;
    this.#machine = machine;
    this.#onPlan = onPlan;
    void this.#follow();
  }

  stop(): void {
    this.#stopped = true;
    this.#response?.destroy();
  }

  async #follow(): Promise<void> {
    while (!this.#stopped) {
      await this.#watch().catch(() => {});
      if (!this.#stopped) await delay(Math.random() * JITTER_MS);
    }
  }

  async #watch(): Promise<void> {
    const from = this.#version ? `&resourceVersion=${this.#version}` : initial;
    const response = await this.#open(`${this.#url}${from}`);
    this.#response = response;
    if (response.statusCode !== 200) return void response.destroy();
    this.connects += 1;
    let buffered = "";
    for await (const chunk of response.setEncoding("utf8")) {
      const lines = (buffered + chunk).split("\n");
      buffered = lines.pop() ?? "";
      for (const line of lines) this.#take(JSON.parse(line) as { type: string; object: Secret });
    }
  }

  #open(url: string): Promise<IncomingMessage> {
    const headers = { authorization: `Bearer ${this.#machine.token}` };
    return new Promise((resolve, reject) => {
      request(url, { agent: connections, headers }).once("response", resolve).once("error", reject).end();
    });
  }

  #take({ type, object }: { type: string; object: Secret }): void {
    if (type === "ERROR") {
      this.expired += 1;
      this.#version = "";
      return;
    }
    this.#version = object.metadata.resourceVersion ?? this.#version;
    const plan = Buffer.from(object.data?.["plan"] ?? "", "base64").toString();
    if (type === "BOOKMARK" || plan === this.plans.at(-1)) return;
    this.plans.push(plan);
    this.#onPlan(plan);
  }
}

const initial = "&sendInitialEvents=true&resourceVersionMatch=NotOlderThan";

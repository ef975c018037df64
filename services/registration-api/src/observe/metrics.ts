import { Counter, Gauge, Histogram, type Registry } from "prom-client";
import type { ConnectionExcess } from "../http/connections.ts";

/** Parts of a registration whose time is measured. */
export type Stage = "document" | "authenticate" | "exchange" | "commit" | "network" | "answer" | "total";
export type Outcome = "registered" | "updated" | "refused";

/** Of which there was too much. */
export type Excess = ConnectionExcess | "memory";

export interface DoorMetrics {
  /** A registration ended; `reason` is a refusal's code, empty on success. */
  ended(outcome: Outcome, stage: Stage, reason?: string): void;
  took(stage: Stage, milliseconds: number): void;
  /** A plain answer of the door, by route, status and the code of a refusal. */
  answered(route: string, status: number, reason?: string): void;
  /** A connection was closed because there were too many, or because they held too much. */
  closedFor(excess: Excess): void;
}

export function doorMetrics(registry: Registry, conversations: () => number): DoorMetrics {
  const registers = [registry];
  const outcomes = new Counter({
    name: "elemental_registrations_total",
    help: "Registrations by outcome, by the stage in which they ended, and by the reason of a refusal",
    labelNames: ["outcome", "stage", "reason"],
    registers,
  });
  const seconds = new Histogram({
    name: "elemental_registration_seconds",
    help: "Time of a registration by stage",
    labelNames: ["stage"],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const answers = new Counter({
    name: "elemental_door_answers_total",
    help: "Plain HTTP answers by route, status, and the reason of a refusal",
    labelNames: ["route", "status", "reason"],
    registers,
  });
  const closed = new Counter({
    name: "elemental_door_closed_total",
    help: "Connections closed because of too many connections, in all or from one address, or for their memory",
    labelNames: ["excess"],
    registers,
  });
  new Gauge({
    name: "elemental_conversations",
    help: "Registrations under way",
    registers,
    collect() {
      this.set(conversations());
    },
  });
  return {
    ended: (outcome, stage, reason = "") => outcomes.inc({ outcome, stage, reason }),
    took: (stage, milliseconds) => seconds.observe({ stage }, milliseconds / 1000),
    answered: (route, status, reason = "") => answers.inc({ route, status, reason }),
    closedFor: (excess) => closed.inc({ excess }),
  };
}

/** The way through Rancher, where there is one. */
export function tunnelMetrics(
  registry: Registry,
  tunnel: { readonly connected: boolean; readonly openConnections: number },
): void {
  const registers = [registry];
  new Gauge({
    name: "elemental_tunnel_up",
    help: "1 while the tunnel to Rancher is open",
    registers,
    collect() {
      this.set(tunnel.connected ? 1 : 0);
    },
  });
  new Gauge({
    name: "elemental_tunnel_connections",
    help: "Connections open inside the tunnel to Rancher",
    registers,
    collect() {
      this.set(tunnel.openConnections);
    },
  });
}

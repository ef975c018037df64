import { randomBytes } from "node:crypto";
import { type MachineRegistration, machineRegistrations } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { memoryQueues } from "@elemental/queue";
import { silentLogger } from "@elemental/service";
import { ownSettings } from "@elemental/settings";
import { Registry } from "prom-client";
import { expect, onTestFinished, vi } from "vitest";
import { start } from "../start.ts";
import { RawClient } from "./raw-client.ts";
import { type Told, tell } from "./register.ts";

/** A door on a Kubernetes API, closed when the test ends; resolves to its port. */
export async function openClusterDoor(kube: Kube): Promise<number> {
  const door = await start({
    kube,
    queues: memoryQueues(),
    log: silentLogger,
    registry: new Registry(),
    settings: ownSettings({ serverUrl: "https://door.example.com", caCert: undefined, strictTls: true }),
    listen: { host: "127.0.0.1", port: 0 },
  });
  onTestFinished(door.close);
  return door.address.port;
}

/** A registration `r` that is ready, and served by the doors at `ports`; resolves to its path. */
export async function addReadyRegistration(
  kube: Kube,
  { namespace, spec }: { namespace: string; spec: NonNullable<MachineRegistration["spec"]> },
  ports: number[],
): Promise<string> {
  const token = randomBytes(12).toString("hex");
  const path = `/elemental/registration/${token}`;
  const metadata = { namespace, name: "r" };
  const kind = "MachineRegistration";
  await kube.create(machineRegistrations, { apiVersion: "elemental.cattle.io/v1beta1", kind, metadata, spec });
  const ready = { type: "Ready", status: "True", reason: "R", message: "", lastTransitionTime: "2026-01-01T00:00:00Z" };
  const status = {
    registrationToken: token,
    registrationURL: `http://127.0.0.1:${ports[0]}${path}`,
    conditions: [ready],
  };
  await kube.patchStatus(machineRegistrations, metadata, { type: "merge", body: { status } });
  await vi.waitFor(async () => {
    for (const port of ports) expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  }, 10_000);
  return path;
}

export interface PlainVisit {
  path: string;
  port: number;
  identifier: string;
}

/** A conversation after the negotiation; the body of the refusal when there is none. */
export async function visitPlain({ path, port, identifier }: PlainVisit): Promise<RawClient | string> {
  const client = await RawClient.upgrade(port, path, `Bearer PLAIN${identifier}`);
  const { status, body } = await client.answer();
  if (status !== 101) return body;
  await client.message();
  client.send([5, 12]);
  await client.message();
  return client;
}

/** A whole registration; what the machine was told in the end. */
export async function registerPlain(visit: PlainVisit, told: Told = {}): Promise<string> {
  const client = await visitPlain(visit);
  return typeof client === "string" ? client : tell(client, told);
}

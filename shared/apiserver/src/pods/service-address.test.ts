import { afterEach, beforeEach, expect, test } from "vitest";
import { collections } from "../client/kinds.ts";
import type { Loopback } from "../loopback.ts";
import { memoryApi } from "../testing/loopback.ts";
import type { Pod } from "./pod.ts";
import { findServiceAddress } from "./service-address.ts";

const namespace = "test";
let loopback: Loopback;
let close: () => void;

beforeEach(async () => {
  ({ loopback, close } = await memoryApi([namespace]));
});
afterEach(() => close());

async function service(ports: object[], selector?: Record<string, string>) {
  const spec = { ports, ...(selector && { selector }) };
  await loopback.create(collections.services, {
    ...{ apiVersion: "v1", kind: "Service", metadata: { name: "s", namespace }, spec },
  });
}

async function pod(name: string, podIP: string, isReady: boolean, labels: Record<string, string> = { app: "x" }) {
  const containers = [{ name: "c", image: "x", ports: [{ name: "http", containerPort: 8080 }] }];
  const created = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec: { containers } };
  const stored = (await loopback.create(collections.pods, created)) as Pod;
  const time = "2026-01-01T00:00:00Z";
  const ready = {
    type: "Ready",
    status: isReady ? "True" : "False",
    lastTransitionTime: time,
  } as const;
  const withStatus: Pod = { ...stored, status: { phase: "Running", podIP, conditions: [ready] } };
  await loopback.update(collections.pods, withStatus, "status");
}

const find = (port: number | string) =>
  findServiceAddress(loopback, { namespace, name: "s" }, port, (_pod, containerPort) => containerPort + 1);

test.each<[what: string, port: object, asked: number | string, expected: number]>([
  ["the same port", { port: 80 }, 80, 81],
  ["another port", { port: 80, targetPort: 9000 }, 80, 9001],
  ["a named container port", { port: 80, targetPort: "http" }, 80, 8081],
  ["a port asked for by name", { name: "web", port: 80, targetPort: 9000 }, "web", 9001],
])("a Service that leads to %s", async (_what, port, asked, expected) => {
  await service([port], { app: "x" });
  await pod("other", "127.9.9.1", true, { app: "y" });
  await pod("unready", "127.9.9.2", false);
  await pod("ready", "127.9.9.3", true);
  expect(await find(asked)).toEqual({ host: "127.9.9.3", port: expected });
});

test("no Service, no port, no selector, no ready Pod: no address", async () => {
  expect(await find(80)).toBeUndefined();
  await service([{ port: 80 }], { app: "x" });
  expect(await find(80)).toBeUndefined();
  await pod("unready", "127.9.9.2", false);
  expect(await find(80)).toBeUndefined();
  await pod("ready", "127.9.9.3", true);
  expect(await find(81)).toBeUndefined();
});

test("a Service without selector leads nowhere", async () => {
  await service([{ port: 80 }]);
  await pod("ready", "127.9.9.3", true);
  expect(await find(80)).toBeUndefined();
});

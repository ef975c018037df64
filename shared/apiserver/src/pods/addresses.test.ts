import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { listenVariables, mapPorts, newPodAddress } from "./addresses.ts";
import type { Pod } from "./pod.ts";

function podWithPort(containerPort: number): Pod {
  const containers = [{ name: "c", image: "x", ports: [{ containerPort }] }];
  return { apiVersion: "v1", kind: "Pod", metadata: { name: "p" }, spec: { containers } };
}

test("addresses are loopback ones that other machines and the host's own services do not use", () => {
  const taken = new Set<string>();
  for (let i = 0; i < 1000; i++) taken.add(newPodAddress(taken));
  expect(taken.size).toBe(1000);
  for (const address of taken) expect(address).toMatch(/^127\.[1-9]\d*\.\d+\.[1-9]\d*$/);
});

test("a container port is listened on as it is when that can be had", async () => {
  const address = newPodAddress(new Set());
  const ports = await mapPorts(podWithPort(18080), address);
  expect(listenVariables(address, ports)).toEqual([["ELEMENTAL_LISTEN_18080", `${address}:18080`]]);
});

test("a container port that somebody has on all addresses is listened on elsewhere", async () => {
  const server = createServer().listen(0, "0.0.0.0");
  await once(server, "listening");
  const { port } = server.address() as { port: number };
  const actual = (await mapPorts(podWithPort(port), newPodAddress(new Set()))).get(port);
  expect(actual).toBeGreaterThan(1023);
  expect(actual).not.toBe(port);
  server.close();
});

import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Probe } from "../pod.ts";
import { startProbe } from "./probe.ts";

let server: Server;
let port: number;
let status: number;

beforeEach(async () => {
  status = 200;
  server = createServer((_request, response) => response.writeHead(status).end()).listen(0, "127.0.0.1");
  await once(server, "listening");
  port = (server.address() as AddressInfo).port;
});
afterEach(() => {
  server.close();
});

/** Probes by the container port `web`, which is listened on elsewhere; what happens can be awaited. */
function probing(probe: Probe) {
  const seen: string[] = [];
  const waiting = new Set<() => void>();
  const tell = (what: string) => {
    seen.push(what);
    for (const wake of waiting) wake();
  };
  const container = { name: "c", image: "x", ports: [{ name: "web", containerPort: 80 }] };
  const target = { container, host: "127.0.0.1", ports: new Map([[80, port]]) };
  const stop = startProbe(probe, target, { ready: (is) => tell(`ready ${is}`), failed: tell });
  const until = async (what: string) => {
    while (!seen.includes(what)) await new Promise<void>((resolve) => waiting.add(resolve));
    return seen;
  };
  return { stop, until };
}

const fast = { periodSeconds: 0.02 };

test("an HTTP probe is ready at the first answer below 400", async () => {
  const probe = probing({ ...fast, httpGet: { port: "web", path: "/" } });
  expect(await probe.until("ready true")).toEqual(["ready true"]);
  probe.stop();
});

test("an HTTP probe stays unready while the answer is an error, and says so once", async () => {
  status = 503;
  const probe = probing({ ...fast, httpGet: { port: 80 } });
  await probe.until("HTTP probe failed with statuscode: 503");
  status = 200;
  expect(await probe.until("ready true")).toEqual(["HTTP probe failed with statuscode: 503", "ready true"]);
  probe.stop();
});

test("a TCP probe becomes unready when nobody listens any more", async () => {
  const probe = probing({ ...fast, failureThreshold: 2, tcpSocket: { port: "web" } });
  await probe.until("ready true");
  server.close();
  expect(await probe.until("ready false")).toEqual([
    "ready true",
    expect.stringContaining("ECONNREFUSED"),
    "ready false",
  ]);
  probe.stop();
});

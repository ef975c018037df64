import { Registry } from "prom-client";
import { expect, test } from "vitest";
import { queueGauges } from "../metrics/queue.ts";
import { healthApp } from "./app.ts";
import { ListenError, listen } from "./listen.ts";

const loopback = { host: "127.0.0.1", port: 0 };

test("is alive whatever its checks say", async () => {
  const response = await healthApp({ redis: async () => false }, new Registry()).request("/healthz");
  expect(response.status).toBe(200);
});

test("is ready when every check passes", async () => {
  const response = await healthApp({ redis: async () => true }, new Registry()).request("/readyz");
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ ready: true, checks: { redis: "ok" } });
});

test("is not ready when a check fails or throws, and names it", async () => {
  const checks = {
    kubernetes: async () => true,
    redis: async () => false,
    other: async () => {
      throw new Error("broken");
    },
  };
  const response = await healthApp(checks, new Registry()).request("/readyz");
  expect(response.status).toBe(503);
  expect(await response.json()).toEqual({
    ready: false,
    checks: { kubernetes: "ok", redis: "failed", other: "broken" },
  });
});

test("serves the depth of queues, and leaves out unreachable ones", async () => {
  const registry = new Registry();
  queueGauges(registry, [
    { name: "up", stats: async () => ({ waiting: 1, active: 2, delayed: 3, dropped: 4 }) },
    { name: "down", stats: async () => Promise.reject(new Error("down")) },
  ]);
  const response = await healthApp({}, registry).request("/metrics");
  const text = await response.text();
  expect(response.headers.get("content-type")).toContain("text/plain");
  expect(text).toContain('elemental_queue_keys{queue="up",state="delayed"} 3');
  expect(text).toContain('elemental_queue_dropped_hints{queue="up"} 4');
  expect(text).not.toContain("down");
});

test("listens on the given address, says which, and names a port that is taken", async () => {
  const app = healthApp({}, new Registry());
  const first = await listen(app, loopback);
  const url = `http://127.0.0.1:${first.address.port}`;
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  const second = listen(app, first.address);
  await expect(second).rejects.toThrow(ListenError);
  await expect(second).rejects.toThrow(`cannot listen on 127.0.0.1:${first.address.port}`);
  await first.close();
  await expect(fetch(url)).rejects.toThrow();
});

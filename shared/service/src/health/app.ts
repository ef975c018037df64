import { Hono } from "hono";
import type { Registry } from "prom-client";
import { type Check, runChecks } from "./checks.ts";

/** GET /healthz (the process lives), /readyz (200 when every check passes, else 503, both as JSON) and /metrics. */
export function healthApp(checks: Record<string, Check>, registry: Registry): Hono {
  const app = new Hono();
  app.get("/healthz", (context) => context.text("ok"));
  app.get("/readyz", async (context) => {
    const report = await runChecks(checks);
    return context.json(report, report.ready ? 200 : 503);
  });
  app.get("/metrics", async (context) => {
    context.header("content-type", registry.contentType);
    return context.body(await registry.metrics());
  });
  return app;
}

import { gzipSync } from "node:zlib";
import type { PlanApplication } from "./apply.ts";
import { textOf } from "./plan.ts";
import type { PlanSecret } from "./secret-api.ts";

/** The Secret with the result of an application written into the agent's keys (resources-and-controllers 3.2, 3.4). */
export function reported(secret: PlanSecret, application: PlanApplication, now: Date): PlanSecret {
  const changes = application.succeeded ? successKeys(secret, application) : failureKeys(secret, application);
  const encoded = Object.entries({ ...changes, "last-apply-time": unixDate(now) }).map(([key, value]) => [
    key,
    Buffer.from(value).toString("base64"),
  ]);
  return { ...secret, data: { ...secret.data, ...Object.fromEntries(encoded) } };
}

function successKeys(secret: PlanSecret, application: PlanApplication): Record<string, string | Uint8Array> {
  return {
    "applied-checksum": application.checksum,
    "applied-output": outputs(application),
    "applied-periodic-output": gzipSync("{}"),
    "failed-checksum": "",
    "failed-output": "",
    "failure-count": "0",
    "success-count": String(count(secret, "success-count") + 1),
    "probe-statuses": probeStatuses(application),
  };
}

function failureKeys(secret: PlanSecret, application: PlanApplication): Record<string, string | Uint8Array> {
  return {
    "failed-checksum": application.checksum,
    "failed-output": outputs(application),
    "failure-count": String(count(secret, "failure-count") + 1),
    "success-count": "0",
  };
}

function count(secret: PlanSecret, key: string): number {
  return Number.parseInt(textOf(secret, key), 10) || 0;
}

function outputs({ outputs: texts }: PlanApplication): Uint8Array {
  const encoded = Object.entries(texts).map(([name, output]) => [name, Buffer.from(output).toString("base64")]);
  return gzipSync(JSON.stringify(Object.fromEntries(encoded)));
}

/** A simulated machine is always healthy. */
function probeStatuses({ plan }: PlanApplication): string {
  const healthy = Object.keys(plan.probes ?? {}).map((name) => [
    name,
    { healthy: true, successCount: 1, failureCount: 0 },
  ]);
  return JSON.stringify(Object.fromEntries(healthy));
}

/** `Mon Jan _2 15:04:05 MST 2006`. */
function unixDate(date: Date): string {
  const [weekday, day, month, year, time] = date.toUTCString().replace(",", "").split(" ");
  return `${weekday} ${month} ${String(Number(day)).padStart(2)} ${time} UTC ${year}`;
}

import { events, type MachineRegistration } from "@elemental/api";
import { memoryKube } from "@elemental/kube/testing";
import { closeCodes, type RefusalCode, refusals, ServerSession } from "@elemental/protocol";
import { createLogger } from "@elemental/service";
import { Registry } from "prom-client";
import { describe, expect, test } from "vitest";
import { refusalAnswer } from "../http/answer.ts";
import { Refusal } from "../refusal.ts";
import { Audit } from "./audit.ts";
import { doorMetrics } from "./metrics.ts";

const registration: MachineRegistration = {
  apiVersion: "elemental.cattle.io/v1beta1",
  kind: "MachineRegistration",
  metadata: { namespace: "fleet-default", name: "r", uid: "u" },
};

/** What the client of a conversation of `version` is sent, as text, and the code of the close. */
function told(version: number, refusal: Refusal): string {
  const session = new ServerSession({ labelPrefix: undefined, known: false });
  session.receive(Buffer.from([5, version]), true);
  const message = { code: refusal.code, message: refusal.told };
  return session
    .fail(message)
    .map((action) => {
      if (action.kind === "send") return Buffer.from(action.message).toString();
      return action.kind === "close" && action.code !== closeCodes.normal ? action.reason : "";
    })
    .join("");
}

describe("a refusal carries one code everywhere", () => {
  test.each(Object.keys(refusals) as RefusalCode[])("%s", async (code) => {
    const kube = memoryKube();
    const lines: string[] = [];
    const registry = new Registry();
    const metrics = doorMetrics(registry, () => 1000);
    const log = createLogger({ name: "door", level: "info", destination: { write: (line) => void lines.push(line) } });
    const audit = new Audit({ log, events: kube.events, metrics, conversations: () => 1000 });
    for (const hint of ["m-1", "m-2", "m-3"]) {
      const refusal = new Refusal(code, "not today", { hint, detail: "for the log" });
      audit.refused({ address: "192.0.2.1", registration }, "authenticate", refusal);
    }
    await kube.events.flush();

    const refusal = new Refusal(code, "not today", { hint: "m-1" });
    const line = `not today: m-1 (${code})`;
    expect(refusalAnswer(refusal)).toMatchObject({ status: refusals[code].status, body: `${line}\n` });
    expect(told(12, refusal)).toContain(line);
    expect(told(7, refusal)).toBe(line);

    const logged = { registration: "fleet-default/r", address: "192.0.2.1", code, reason: "not today", hint: "m-3" };
    expect(JSON.parse(lines[2] ?? "")).toMatchObject({ ...logged, detail: "for the log" });

    const involvedObject = { kind: "MachineRegistration", name: "r" };
    const recorded = (await kube.list(events)).items;
    expect(recorded).toMatchObject([{ involvedObject, type: "Warning", reason: code, message: "not today", count: 3 }]);

    const counted = `elemental_registrations_total{outcome="refused",stage="authenticate",reason="${code}"} 3`;
    expect(await registry.metrics()).toContain(counted);
  });
});

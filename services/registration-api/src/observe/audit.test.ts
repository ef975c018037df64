import { events } from "@elemental/api";
import { createLogger } from "@elemental/service";
import { describe, expect, test } from "vitest";
import { RawClient } from "../testing/raw-client.ts";
import { tell } from "../testing/register.ts";
import { auth, doorFor, MAC_HASH, PLAIN, TOKEN } from "../testing/test-door.ts";

function recordingLog() {
  const lines: string[] = [];
  const destination = { write: (line: string) => void lines.push(line) };
  const log = createLogger({ name: "door", level: "debug", destination });
  return {
    log,
    text: () => lines.join(""),
    find: (msg: string) => lines.map((line) => JSON.parse(line)).filter((line) => line.msg === msg),
  };
}

describe("audit", () => {
  test("every registered, updated and refused machine has a line, an Event and a count", async () => {
    const { log, find } = recordingLog();
    const door = await doorFor(auth("mac"), { log });
    await tell(await door.negotiated());
    await tell(await door.negotiated());
    await (await door.plain("Bearer FOO")).answer();
    const { name } = (await door.inventory()).metadata;
    const known = {
      registration: "fleet-default/r-tok1",
      method: "plain",
      hash: MAC_HASH,
      inventory: `fleet-default/${name}`,
    };
    expect(find("machine registered")).toMatchObject([known]);
    expect(find("machine updated")).toMatchObject([known]);
    expect(find("machine refused")).toMatchObject([
      {
        registration: "fleet-default/r-tok1",
        stage: "authenticate",
        code: "AuthorizationMalformed",
        reason: "unsupported authorization scheme",
      },
    ]);
    const recorded = async () =>
      (await door.kube.list(events)).items
        .map(({ involvedObject, reason }) => `${involvedObject.kind} ${reason}`)
        .sort();
    await expect
      .poll(recorded)
      .toEqual([
        "MachineInventory Registered",
        "MachineInventory Updated",
        "MachineRegistration AuthorizationMalformed",
      ]);
    const text = await door.registry.metrics();
    expect(text).toContain('elemental_registrations_total{outcome="registered",stage="commit",reason=""} 1');
    expect(text).toContain(
      'elemental_registrations_total{outcome="refused",stage="authenticate",reason="AuthorizationMalformed"} 1',
    );
    expect(text).toContain('elemental_registration_seconds_count{stage="commit"} 2');
  });

  test("H14 a plain registration is logged with its source", async () => {
    const { log, find } = recordingLog();
    const door = await doorFor(auth("mac"), { log });
    const headers = { Authorization: PLAIN, "X-Forwarded-For": "192.0.2.9" };
    const client = await RawClient.upgradeWith(door.port, { path: `/elemental/registration/${TOKEN}`, headers });
    await client.answer();
    await client.message();
    await tell(client);
    expect(find("machine registered")).toMatchObject([{ address: "192.0.2.9", method: "plain" }]);
  });

  test("what was left out of the inventory is said", async () => {
    const { log, find } = recordingLog();
    const door = await doorFor({ ...auth("mac"), machineInventoryLabels: { none: "${Nope}" } }, { log });
    await tell(await door.negotiated(), { annotations: { resettable: "true" } });
    expect(find("machine registered")[0]).toMatchObject({ skippedCount: 2 });
    expect(find("machine registered")[0]?.skipped).toEqual([
      { field: "annotation", key: "elemental.cattle.io/resettable", reason: "reserved" },
      { field: "label", key: "none", reason: "not found" },
    ]);
  });

  test("no secret reaches logs, Events or metrics", async () => {
    const { log, text } = recordingLog();
    const token = "static-registration-token";
    const door = await doorFor(auth("mac"), { log });
    await door.addRegistration(auth("mac"), { token, key: { name: "other" } });
    const client = await RawClient.upgrade(door.port, `/elemental/registration/${token}`, PLAIN);
    await client.answer();
    await client.message();
    const delivered = /token: (.*)\n/.exec(await tell(client))?.[1] ?? "";
    for (const path of [`/elemental/registration/${token}x`, `/elemental/seedimage/${"b".repeat(54)}/x.iso`]) {
      await fetch(`http://127.0.0.1:${door.port}${path}`);
    }
    await (await RawClient.upgrade(door.port, `/elemental/registration/${token}`, "Bearer PLAINunknown")).answer();
    await door.kube.events.flush();
    const published = text() + (await door.registry.metrics()) + JSON.stringify((await door.kube.list(events)).items);
    expect(delivered).toHaveLength(43);
    for (const secret of [token, delivered, "b".repeat(54), "aa:bb:cc:dd:ee:ff"])
      expect(published).not.toContain(secret);
  });
});

import { machineInventories } from "@elemental/api";
import { KubeError } from "@elemental/kube";
import { describe, expect, test, vi } from "vitest";
import { defaultDeadlines } from "./conversation/converse.ts";
import { RawClient } from "./testing/raw-client.ts";
import { auth, doorFor, PATH, type TestDoor } from "./testing/test-door.ts";

describe("get", () => {
  test("REG-60 without Version and at version 6 raw YAML, from version 7 on with a type", async () => {
    const door = await doorFor();
    const client = await door.ready();
    client.send([4]);
    expect(await client.text()).toMatch(/^elemental:\n/);
    for (const [version, start] of [
      [6, "elemental:"],
      [7, "\u0007elemental:"],
      [12, "\u0007elemental:"],
    ] as const) {
      const other = await door.negotiated(version);
      other.send([4]);
      expect((await other.text()).startsWith(start)).toBe(true);
    }
  });

  test("REG-61 REG-78 a failed commit: a close at version 7, MsgError from version 8 on, and no inventory", async () => {
    const door = await doorFor({ ...auth("mac"), machineName: "+.!_-" });
    const old = await door.negotiated(7);
    old.send([4]);
    expect(await old.closed()).toBe("1008 invalid MachineInventory name (Misconfigured)");
    const client = await door.negotiated(8);
    client.send([4]);
    expect(await client.text()).toBe("\u0008message: invalid MachineInventory name (Misconfigured)\n");
    expect(await door.inventories()).toEqual([]);
  });

  test("REG-61 H18 what the API server says stays in the log", async () => {
    const intercept = ({ verb }: { verb: string }) => {
      if (verb === "create" && failing) throw new KubeError("Invalid", "tenant-secret-name is invalid");
    };
    let failing = false;
    const door = await doorFor(auth("mac"), { kube: { intercept } });
    failing = true;
    const client = await door.negotiated();
    client.send([4]);
    const text = await client.text();
    expect(text.slice(0, 10)).toBe("\u0008message: ");
    expect(text).not.toContain("tenant-secret-name");
  });
});

describe("network", () => {
  const apiGroup = "ipam.cluster.x-k8s.io";
  const network = {
    configurator: "nmc" as const,
    ipAddresses: { "ip-1": { apiGroup, kind: "InClusterIPPool", name: "p" } },
    config: { dns: {} },
  };
  const spec = { config: { ...auth("mac").config, network } };
  const key = async (door: TestDoor) => {
    const { metadata } = await vi.waitFor(
      async () => (await door.inventories())[0] ?? Promise.reject(new Error("none yet")),
    );
    return { namespace: metadata.namespace ?? "", name: metadata.name };
  };
  const claim = async (door: TestDoor, status: "True" | "False") => {
    const body = { spec: { network: { ipAddresses: { "ip-1": "192.0.2.50" } } } };
    if (status === "True") await door.kube.patch(machineInventories, await key(door), { type: "merge", body });
    const condition = {
      type: "NetworkConfigReady",
      status,
      reason: "R",
      message: "",
      lastTransitionTime: "2026-01-01T00:00:00Z",
    };
    await door.kube.patchStatus(machineInventories, await key(door), {
      type: "merge",
      body: { status: { conditions: [condition] } },
    });
  };

  test("REG-62 REG-63 H17 D-08 the answer waits for the addresses, not for a condition that is False", async () => {
    const door = await doorFor(spec);
    const client = await door.negotiated();
    client.send([4]);
    await claim(door, "False");
    await claim(door, "True");
    const text = await client.text();
    expect(text).toMatch(/\nconfigurator: nmc\nipAddresses:\n {4}ip-1: 192.0.2.50\nconfig:\n {4}dns:\n {8}raw:\n/);
  });

  test("REG-64 H17 when they do not come there is a reason before the time is over", async () => {
    const door = await doorFor(spec, { deadlines: { networkMs: 200 } });
    const client = await door.negotiated();
    client.send([4]);
    expect(await client.text()).toBe("\u0008message: network configuration not ready (NetworkNotReady)\n");
  });

  test("REG-65 version 11 neither waits nor gets an addendum", async () => {
    const door = await doorFor(spec);
    const client = await door.negotiated(11);
    client.send([4]);
    expect(await client.text()).not.toContain("configurator");
  });
});

describe("time", () => {
  test("REG-19 H6 a silent client is closed when the time is over", async () => {
    const door = await doorFor(auth("mac"), { deadlines: { closeMs: 100 } });
    const client = await door.ready();
    expect(await client.closed()).toBe("1008 the registration took too long, try again (DeadlineExceeded)");
    const silent = await door.ready();
    await silent.frame();
    await silent.ended();
  });

  test("a commit that hangs is answered before the client gives up", async () => {
    let hang = false;
    const intercept = ({ verb }: { verb: string }) =>
      hang && verb === "create" ? new Promise<void>(() => {}) : undefined;
    const door = await doorFor(auth("mac"), { kube: { intercept }, deadlines: { answerMs: 200 } });
    hang = true;
    const client = await door.negotiated();
    client.send([4]);
    expect(await client.text()).toBe("\u0008message: the registration took too long, try again (DeadlineExceeded)\n");
  });

  test("the deadlines are those a client of the original waits for", () => {
    expect(defaultDeadlines.closeMs).toBeGreaterThan(9500);
    expect(defaultDeadlines.closeMs).toBeLessThan(10_000);
    expect(defaultDeadlines.networkMs).toBeLessThan(defaultDeadlines.answerMs);
    expect(defaultDeadlines.answerMs).toBeLessThan(defaultDeadlines.closeMs);
  });
});

test("a client that leaves in the middle leaves no trace", async () => {
  const door = await doorFor();
  for (const payload of [undefined, [5, 12], [4]]) {
    const client = await door.ready();
    if (payload) client.send(payload);
    client.destroy();
  }
  await expect
    .poll(async () => (await door.registry.getSingleMetric("elemental_conversations")?.get())?.values[0]?.value)
    .toBe(0);
  const answer = await (await RawClient.request(door.port, { path: PATH, headers: { Host: "x" } })).answer();
  expect(answer.status).toBe(200);
});

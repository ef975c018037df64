import type { ManagedOSVersion, ManagedOSVersionChannel } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { now, podOf, secondsAgo, settings, synchronizing, versionOf } from "../testing/objects.ts";
import { reconcileChannel } from "./reconcile.ts";

const entry = (name: string, spec: object = {}) => ({
  metadata: { name },
  spec: { version: name, type: "container", metadata: { upgradeImage: `img:${name}` }, ...spec },
});

function load(payload: unknown, versions: ManagedOSVersion[] = [], spec: ManagedOSVersionChannel["spec"] = {}) {
  const channel = synchronizing(30, 2, spec);
  const text = typeof payload === "string" ? payload : JSON.stringify(payload);
  const observed = { channel, pod: podOf(channel, "Succeeded"), versions, payload: `${text}\n`, failureLog: undefined };
  const { operations = [], status, ...rest } = reconcileChannel(observed, now, settings);
  const ready = status?.conditions?.find(({ type }) => type === "Ready");
  return { operations, status, ready, ...rest };
}

const existing = (name: string) => versionOf(synchronizing(30), name);
const flag = { metadata: { annotations: { "elemental.cattle.io/channel-no-longer-in-sync": "true" } } };

describe("the list of a succeeded Pod", () => {
  test("C-102 creates its versions, owned, labelled and annotated, and deletes the Pod", () => {
    const { operations, status, ready, requeueAfterMs } = load([entry("v1"), entry("v2")]);
    expect(operations.map(({ kind }) => kind)).toEqual(["create", "create", "delete"]);
    expect(operations[0]).toMatchObject({
      object: {
        kind: "ManagedOSVersion",
        metadata: {
          namespace: "fleet-default",
          name: "v1",
          labels: { "elemental.cattle.io/channel": "stable" },
          annotations: { "elemental.cattle.io/channel-last-sync": secondsAgo(0) },
          finalizers: ["managedosversion.elemental.cattle.io"],
          ownerReferences: [{ kind: "ManagedOSVersionChannel", name: "stable", uid: "channel-uid", controller: true }],
        },
        spec: { version: "v1", type: "container", metadata: { upgradeImage: "img:v1" } },
      },
    });
    expect(ready).toMatchObject({
      status: "True",
      reason: "Synchronized",
      message: "successfully loaded channel data",
    });
    expect(status).toMatchObject({ failedSynchronizationAttempts: 0, lastSyncedTime: secondsAgo(0) });
    expect(requeueAfterMs).toBe(3_600_000);
  });

  test("discards labels and annotations of the entries, and takes keys in any case", () => {
    const item = {
      Metadata: { Name: "v1", labels: { a: "b" } },
      SPEC: { Version: "1", TYPE: "ISO", metadata: { uri: "u" }, other: 1 },
    };
    const [create] = load([item]).operations;
    expect(create).toMatchObject({ object: { spec: { version: "1", type: "ISO", metadata: { uri: "u" } } } });
    expect(create).not.toHaveProperty("object.metadata.labels.a");
    expect(create).not.toHaveProperty("object.spec.other");
  });

  test("puts the channel's upgradeContainer into every version", () => {
    const upgradeContainer = { envs: [{ name: "FORCE", value: "true" }] };
    const { operations } = load([entry("v1", { upgradeContainer: { image: "x" } })], [], { upgradeContainer });
    expect(operations[0]).toMatchObject({ object: { spec: { upgradeContainer } } });
    expect(operations[0]).not.toHaveProperty("object.spec.upgradeContainer.image");
  });

  test("C-103 a version that is not in it is flagged", () => {
    const { operations } = load([entry("v1")], [existing("v0")]);
    expect(operations.map(({ kind }) => kind)).toEqual(["create", "patch", "delete"]);
    expect(operations[1]).toMatchObject({ key: { name: "v0" }, patch: { type: "merge", body: flag } });
  });

  test("C-103 and deleted when the channel says so", () => {
    const { operations } = load([entry("v1")], [existing("v0")], { deleteNoLongerInSyncVersions: true });
    expect(operations[2]).toMatchObject({ kind: "delete", key: { name: "v0" }, options: { uid: "v0-uid" } });
  });

  test("C-104 a version that is back in it loses the flag and keeps what users added", () => {
    const version = existing("v1");
    version.metadata.annotations = { ...version.metadata.annotations, ...flag.metadata.annotations, note: "mine" };
    const [update] = load([entry("v1")], [version]).operations;
    expect(update).toMatchObject({ kind: "patch", key: { name: "v1" } });
    expect(update).toHaveProperty("patch.body", [
      {
        op: "add",
        path: "/metadata/annotations",
        value: { note: "mine", "elemental.cattle.io/channel-last-sync": secondsAgo(0) },
      },
      { op: "add", path: "/spec", value: entry("v1").spec },
    ]);
  });

  test("a version of a restored channel is owned again", () => {
    const version = existing("v1");
    version.metadata.ownerReferences = version.metadata.ownerReferences?.map((owner) => ({ ...owner, uid: "former" }));
    const [update] = load([entry("v1")], [version]).operations;
    expect(update).toHaveProperty("patch.body.2.value.0.uid", "channel-uid");
  });
});

describe("a list that is refused as a whole", () => {
  test.each([
    { title: "C-105 text that is not JSON", payload: "<html>", cause: /^the channel's list is not JSON: / },
    { title: "an object", payload: "{}", cause: /^the channel's list is not a JSON array$/ },
    { title: "nothing", payload: "", cause: /^the channel's list is not JSON: / },
    {
      title: "an empty list in place of versions",
      payload: "[]",
      cause: /^the channel's list is empty, its versions are kept$/,
    },
    {
      title: "more than 8 MiB",
      payload: `["${"x".repeat(8 * 1024 * 1024)}"]`,
      cause: /^the channel's list is larger than 8 MiB$/,
    },
  ])("$title -> FailedToSync, versions untouched", ({ payload, cause }) => {
    const { operations, ready, status } = load(payload, [existing("v1")]);
    expect(operations).toMatchObject([{ kind: "delete", type: { kind: "Pod" } }]);
    expect(ready).toMatchObject({ status: "False", reason: "FailedToSync" });
    expect(ready?.message.replace("failed channel synchronization: ", "")).toMatch(cause);
    expect(status?.failedSynchronizationAttempts).toBe(3);
  });

  test("an empty list is fine for a channel without versions", () => {
    expect(load("[]").ready).toMatchObject({ status: "True", reason: "Synchronized" });
  });
});

describe("an entry that cannot be used is reported, the others are synced", () => {
  test.each([
    { title: "no object", bad: 7, problem: "entry 1: not an object" },
    {
      title: "no name",
      bad: { spec: {} },
      problem: "entry 1: metadata: Invalid input: expected object, received undefined",
    },
    { title: "a bad name", bad: entry("V_2"), problem: 'entry 1: "V_2" is no name of an object' },
    { title: "a name twice", bad: entry("v1"), problem: "entry 1: v1 is there twice" },
    {
      title: "C-107 an unknown type",
      bad: entry("v2", { type: "tar" }),
      problem: "entry 1: v2: unexpected ManagedOSVersion type tar",
    },
    {
      title: "a version that is a number",
      bad: entry("v2", { version: 2 }),
      problem: "entry 1: spec.version: Invalid input: expected string, received number",
    },
  ])("$title", ({ bad, problem }) => {
    const { operations, ready, events } = load([entry("v1"), bad, entry("v3")], [existing("v0")]);
    expect(operations.map(({ kind }) => kind)).toEqual(["create", "create", "patch", "delete"]);
    expect(ready).toMatchObject({ status: "True", reason: "Synchronized" });
    expect(ready?.message).toBe(`successfully loaded channel data; 1 with problems: ${problem}`);
    expect(events).toEqual([{ type: "Warning", reason: "EntrySkipped", message: problem }]);
  });

  test("only the first of very many are told", () => {
    const { ready, events } = load(Array.from({ length: 500 }, () => 7));
    expect(ready?.message).toMatch(/; 500 with problems: entry 0: not an object; .*entry 9: not an object; \.\.\.$/);
    expect(events).toHaveLength(10);
  });

  test("and its version does not count as gone from the channel", () => {
    const { operations } = load([entry("v1", { type: "tar" })], [existing("v1")]);
    expect(operations).toMatchObject([{ kind: "delete", type: { kind: "Pod" } }]);
  });

  test("a version of the same name that is not of the channel is never touched", () => {
    const foreign = existing("v1");
    foreign.metadata.labels = {};
    const { operations, ready } = load([entry("v1")], [foreign, existing("v0")]);
    expect(operations).toMatchObject([
      { kind: "patch", key: { name: "v0" } },
      { kind: "delete", type: { kind: "Pod" } },
    ]);
    expect(ready?.message).toContain("ManagedOSVersion v1 is there already and not of this channel");
  });
});

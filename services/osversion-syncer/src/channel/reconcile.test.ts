import { describe, expect, test } from "vitest";
import { decide, nothing, summary } from "../testing/decision.ts";
import { channel, now, podOf, ready, secondsAgo, settings, synchronizing, versionOf } from "../testing/objects.ts";
import { reconcileChannel } from "./reconcile.ts";

describe("a synchronization under way", () => {
  test.each(["Pending", "Running"] as const)("is waited for while its Pod is %s", (phase) => {
    const owner = synchronizing(30);
    const outcome = decide(owner, { pod: podOf(owner, phase) });
    expect(outcome).toEqual({ status: owner.status, requeueAfterMs: 20_000 });
  });

  test("is not restarted by an interval shorter than its deadline", () => {
    const owner = synchronizing(120, 0, { syncInterval: "1m" });
    expect(decide(owner, { pod: podOf(owner, "Running") }).operations ?? []).toEqual([]);
  });

  test.each([
    {
      title: "C-106 its Pod stays Pending for 5 minutes",
      seconds: 300,
      phase: "Pending",
      failureLog: undefined,
      cause: "not finished after 5 minutes: container runner waits: ErrImagePull",
    },
    {
      title: "its Pod failed",
      seconds: 30,
      phase: "Failed",
      failureLog: undefined,
      cause: "container runner ended with exit code 255",
    },
    {
      title: "its download failed",
      seconds: 30,
      phase: "Failed",
      failureLog: "GET https://example.com/list.json: 404 Not Found",
      cause: "GET https://example.com/list.json: 404 Not Found",
    },
    {
      title: "its node is lost",
      seconds: 30,
      phase: "Unknown",
      failureLog: undefined,
      cause: "the node of the synchronization Pod does not answer",
    },
  ] as const)("fails when $title", ({ seconds, phase, failureLog, cause }) => {
    const owner = synchronizing(seconds, 1);
    const pod = podOf(owner, phase);
    const state = phase === "Pending" ? { waiting: { reason: "ErrImagePull" } } : { terminated: { exitCode: 255 } };
    pod.status = { phase, initContainerStatuses: [{ name: "runner", state }] };
    const outcome = decide(owner, { pod, failureLog });
    expect(summary(outcome)).toEqual({
      ready: "False FailedToSync",
      message: `failed channel synchronization: ${cause}`,
      failures: 2,
      operations: ["delete Pod"],
      requeueAfterMs: 8000,
    });
    expect(outcome.status?.lastSyncedTime).toBe(secondsAgo(0));
  });

  test("fails when its Pod is gone", () => {
    expect(summary(decide(synchronizing(30)))).toMatchObject({
      ready: "False FailedToSync",
      failures: 1,
      operations: [],
    });
  });

  test("is started again by an upgraded operator", () => {
    const owner = synchronizing(30);
    const outcome = reconcileChannel({ ...nothing, channel: owner, pod: podOf(owner, "Running") }, now, {
      ...settings,
      operatorImage: "operator:2",
    });
    expect(summary(outcome)).toMatchObject({ operations: ["delete Pod"], ready: "False Synchronizing" });
    expect(outcome.status).not.toHaveProperty("syncedGeneration");
  });
});

describe("a failed attempt is repeated", () => {
  const failed = (failures: number, seconds: number) =>
    channel(
      {},
      {
        conditions: [ready("False", "FailedToSync")],
        lastSyncedTime: secondsAgo(seconds),
        syncedGeneration: 1,
        failedSynchronizationAttempts: failures,
      },
    );

  test.each([
    { failures: 1, waitMs: 4000 },
    { failures: 2, waitMs: 8000 },
    { failures: 4, waitMs: 32_000 },
  ])("$waitMs ms after failure $failures", ({ failures, waitMs }) => {
    expect(decide(failed(failures, 0))).toEqual({ requeueAfterMs: waitMs });
    expect(summary(decide(failed(failures, waitMs / 1000)))).toMatchObject({ operations: ["createPod"], failures });
  });

  test("once the Pod of the last one is gone", () => {
    const owner = failed(1, 10);
    expect(summary(decide(owner, { pod: podOf(owner, "Failed") }))).toMatchObject({
      operations: ["delete Pod"],
      ready: undefined,
    });
  });
});

describe("C-108 a disabled channel", () => {
  test("flags its versions, deletes its Pod and is Ready", () => {
    const owner = channel({ enabled: false });
    const foreign = versionOf({ ...owner, metadata: { ...owner.metadata, name: "other" } }, "v0");
    const outcome = decide(owner, { pod: podOf(owner, "Running"), versions: [versionOf(owner, "v1"), foreign] });
    expect(summary(outcome)).toMatchObject({
      ready: "True ChannelDisabled",
      message: "Channel is disabled",
      operations: ["patch ManagedOSVersion", "delete Pod"],
      requeueAfterMs: undefined,
    });
    expect(outcome.operations?.[0]).toMatchObject({ key: { name: "v1" } });
  });

  test("deletes its versions when it says so", () => {
    const owner = channel({ enabled: false, deleteNoLongerInSyncVersions: true });
    const outcome = decide(owner, { versions: [versionOf(owner, "v1")] });
    expect(summary(outcome).operations).toEqual(["patch ManagedOSVersion", "delete ManagedOSVersion"]);
  });

  test("changes nothing the second time", () => {
    const flagged = versionOf(channel(), "v1");
    flagged.metadata.annotations = { "elemental.cattle.io/channel-no-longer-in-sync": "true" };
    const status = { conditions: [{ ...ready("True", "ChannelDisabled", "Channel is disabled") }] };
    const owner = channel({ enabled: false }, status);
    expect(decide(owner, { versions: [flagged] })).toEqual({ operations: [], status });
  });
});

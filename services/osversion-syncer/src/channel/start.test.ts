import { describe, expect, test } from "vitest";
import { decide, summary } from "../testing/decision.ts";
import { channel, podOf, ready, secondsAgo, synchronizing } from "../testing/objects.ts";

describe("a synchronization is started", () => {
  const synced = { lastSyncedTime: secondsAgo(1800), syncedGeneration: 1, failedSynchronizationAttempts: 0 };
  const started = {
    ready: "False Synchronizing",
    message: "started synchronization pod",
    failures: 0,
    operations: ["createPod"],
    requeueAfterMs: 20_000,
  };

  test.each([
    { title: "of a new channel", status: undefined },
    {
      title: "of another generation",
      status: { ...synced, syncedGeneration: 0, conditions: [ready("True", "Synchronized")] },
    },
    {
      title: "after the interval",
      status: { ...synced, lastSyncedTime: secondsAgo(3600), conditions: [ready("True", "Synchronized")] },
    },
    {
      title: "C-105 after the interval, when it had given up",
      status: {
        ...synced,
        lastSyncedTime: secondsAgo(3600),
        failedSynchronizationAttempts: 5,
        conditions: [ready("False", "FailedToSync")],
      },
    },
    {
      title: "C-108 when it was enabled again",
      status: { ...synced, syncedGeneration: 0, conditions: [ready("True", "ChannelDisabled")] },
    },
  ])("$title", ({ status }) => {
    const outcome = decide(channel({}, status));
    expect(summary(outcome)).toEqual(started);
    expect(outcome.status).toMatchObject({ syncedGeneration: 1, lastSyncedTime: secondsAgo(0) });
  });

  test("C-109 of a new generation, once the Pod of the old one is gone", () => {
    const owner = synchronizing(30);
    owner.metadata.generation = 2;
    const running = decide(owner, { pod: podOf(owner, "Running") });
    expect(summary(running)).toMatchObject({ operations: ["delete Pod"], ready: undefined });
    const ending = podOf(owner, "Running");
    ending.metadata.deletionTimestamp = secondsAgo(1);
    const waiting = decide(owner, { pod: ending });
    expect(summary(waiting)).toMatchObject({ operations: [], ready: undefined });
    expect(waiting.requeueAfterMs).toBeGreaterThan(0);
    const gone = decide(owner);
    expect(summary(gone)).toEqual(started);
    expect(gone.status?.syncedGeneration).toBe(2);
  });

  test("not beside a Pod of somebody else", () => {
    const pod = podOf(channel(), "Running");
    pod.metadata.ownerReferences = [];
    expect(summary(decide(channel(), { pod }))).toMatchObject({
      ready: "False FailedToCreatePod",
      message: "failed creating synchronization pod: Pod stable is there already and not of this channel",
      operations: [],
      failures: 1,
    });
  });

  test("not without the image of a custom channel", () => {
    expect(summary(decide(channel({ type: "custom", options: {} })))).toMatchObject({
      ready: "False FailedToCreatePod",
      message: "failed creating synchronization pod: spec.options.image is missing",
      operations: [],
    });
  });
});

describe("a settled channel writes nothing", () => {
  test("until its interval has passed", () => {
    const status = {
      conditions: [ready("True", "Synchronized")],
      lastSyncedTime: secondsAgo(600),
      syncedGeneration: 1,
    };
    expect(decide(channel({}, status))).toEqual({ requeueAfterMs: 3_000_000 });
  });

  test("C-105 after five failures", () => {
    const conditions = [ready("False", "FailedToSync")];
    const status = {
      conditions,
      lastSyncedTime: secondsAgo(600),
      syncedGeneration: 1,
      failedSynchronizationAttempts: 5,
    };
    expect(decide(channel({}, status))).toEqual({ requeueAfterMs: 3_000_000 });
  });

  test("while it is being deleted", () => {
    const owner = channel();
    owner.metadata.deletionTimestamp = secondsAgo(1);
    expect(decide(owner)).toEqual({});
  });
});

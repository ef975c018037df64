import { expect, test } from "vitest";
import { collections } from "../../client/kinds.ts";
import { shell } from "../../testing/pods.ts";
import { namespace, useRunner } from "../../testing/runner.ts";

const t = useRunner();

test.each([
  { policy: "Never" as const, script: "exit 3", phase: "Failed" as const, restarts: 0 },
  {
    policy: "OnFailure" as const,
    script: "test -e /vol/x || { touch /vol/x; exit 3; }",
    phase: "Succeeded" as const,
    restarts: 1,
  },
])("restartPolicy $policy", async ({ policy, script, phase, restarts }) => {
  const container = shell("c", script, { volumeMounts: [{ name: "v", mountPath: "/vol" }] });
  await t.pods.create("restart", {
    restartPolicy: policy,
    containers: [container],
    volumes: [{ name: "v", emptyDir: {} }],
  });
  const { status } = await t.pods.phase("restart", phase);
  expect(status?.containerStatuses?.[0]?.restartCount).toBe(restarts);
  if (restarts > 0) expect(status?.containerStatuses?.[0]?.lastState.terminated?.exitCode).toBe(3);
});

test("restartPolicy Always restarts what succeeded, and shows the back-off in between", async () => {
  await t.restart({ backoff: { initialMs: 1000, maxMs: 300_000, resetMs: 600_000 } });
  await t.pods.create("again", { containers: [shell("c", "echo run")] });
  const pod = await t.pods.until(
    "again",
    ({ status }) =>
      status?.containerStatuses?.[0]?.state.waiting !== undefined && status.containerStatuses[0].restartCount > 0,
  );
  expect(pod.status?.phase).toBe("Running");
  expect(pod.status?.containerStatuses?.[0]).toMatchObject({
    restartCount: 1,
    state: {
      waiting: {
        reason: "CrashLoopBackOff",
        message: expect.stringMatching(/^back-off 1s restarting failed container=c pod=again_test\(/),
      },
    },
    lastState: { terminated: { exitCode: 0 } },
  });
});

test("an init container that fails for good fails the Pod, the others never run", async () => {
  await t.pods.create("init", {
    restartPolicy: "Never",
    initContainers: [shell("build", "echo broken; exit 9", { terminationMessagePolicy: "FallbackToLogsOnError" })],
    containers: [shell("serve", "echo never")],
  });
  const { status } = await t.pods.phase("init", "Failed");
  expect(status?.initContainerStatuses?.[0]?.state.terminated).toMatchObject({
    exitCode: 9,
    reason: "Error",
    message: "broken\n",
  });
  expect(status?.containerStatuses?.[0]?.state).toEqual({ waiting: { reason: "PodInitializing" } });
  expect(await t.log("init", "serve")).toBeUndefined();
});

test("a deleted Pod gets its grace period to end", async () => {
  const script = 'trap "echo bye; exit 0" TERM; echo ready; while :; do sleep 0.05; done';
  await t.pods.create("graceful", { containers: [shell("c", script)] });
  await t.pods.phase("graceful", "Running");
  const output = t.runner.podLogs.read(namespace, "graceful", "c", { follow: true, timestamps: false });
  const lines = output?.[Symbol.asyncIterator]();
  expect(String(Buffer.from((await lines?.next())?.value))).toBe("ready\n");
  await t.loopback.delete(collections.pods, { namespace, name: "graceful" });
  await t.pods.gone("graceful");
  expect(String(Buffer.from((await lines?.next())?.value))).toBe("bye\n");
  expect((await lines?.next())?.done).toBe(true);
  expect(await t.pods.events("graceful")).toContain("Killing: Stopping container c");
});

test("activeDeadlineSeconds fails the Pod", async () => {
  await t.pods.create("late", {
    restartPolicy: "Never",
    activeDeadlineSeconds: 1,
    terminationGracePeriodSeconds: 0,
    containers: [shell("c", "sleep 600")],
  });
  const { status } = await t.pods.phase("late", "Failed");
  expect(status).toMatchObject({
    reason: "DeadlineExceeded",
    message: "Pod was active on the node longer than the specified deadline",
  });
  expect(status?.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(143);
});

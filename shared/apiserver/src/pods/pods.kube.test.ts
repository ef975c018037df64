import { describe, expect, test, vi } from "vitest";
import { shell } from "../testing/pods.ts";
import {
  conditions,
  deadline,
  essence,
  hasNode,
  phase,
  podType,
  usePodsOnNode,
  waiting,
  waitingOf,
} from "../testing/pods-on-node.ts";
import type { PodSpec } from "./pod.ts";

describe.runIf(hasNode)("Pods", () => {
  const t = usePodsOnNode();

  test("all containers succeed", async () => {
    await t.create("ok", { restartPolicy: "Never", containers: [shell("c", "printf 'a\\nb'")] });
    const pod = await t.until("ok", phase("Succeeded"));
    expect(conditions(pod)).toEqual([
      "PodReadyToStartContainers=False",
      "Initialized=True PodCompleted",
      "Ready=False PodCompleted",
      "ContainersReady=False PodCompleted",
      "PodScheduled=True",
    ]);
    expect(pod.status?.containerStatuses?.map(essence)).toEqual([
      { name: "c", ready: false, started: false, restartCount: 0, reason: "Completed", exitCode: 0 },
    ]);
    expect(await t.log("ok", "c")).toBe("a\nb");
    for (const event of ["Normal Created Created container: c", "Normal Started Started container c"]) {
      await t.recorded("ok", event);
    }
  });

  test("a container fails, its last words are its message", async () => {
    const container = shell("c", "echo bad; exit 3", { terminationMessagePolicy: "FallbackToLogsOnError" });
    await t.create("bad", { restartPolicy: "Never", containers: [container] });
    const pod = await t.until("bad", phase("Failed"));
    expect(conditions(pod)).toEqual([
      "PodReadyToStartContainers=False",
      "Initialized=True",
      "Ready=False PodFailed",
      "ContainersReady=False PodFailed",
      "PodScheduled=True",
    ]);
    expect(pod.status?.containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 3,
      reason: "Error",
      message: "bad\n",
    });
  });

  test("an init container fails: nothing after it runs", async () => {
    const initContainers = [shell("i1", "exit 3"), shell("i2", "true")];
    await t.create("init", { restartPolicy: "Never", initContainers, containers: [shell("c", "true")] });
    const pod = await t.until("init", phase("Failed"));
    expect(conditions(pod)).toEqual([
      "PodReadyToStartContainers=False",
      "Initialized=False ContainersNotInitialized containers with incomplete status: [i1 i2]",
      "Ready=False PodFailed",
      "ContainersReady=False PodFailed",
      "PodScheduled=True",
    ]);
    expect(pod.status?.initContainerStatuses?.map(essence)).toEqual([
      { name: "i1", ready: false, started: false, restartCount: 0, reason: "Error", exitCode: 3 },
      { name: "i2", ready: false, started: false, restartCount: 0, reason: "PodInitializing" },
    ]);
    expect(pod.status?.containerStatuses?.map(essence)).toEqual([
      { name: "c", ready: false, started: false, restartCount: 0, reason: "PodInitializing" },
    ]);
  });

  test("containers run, one of them unready; statuses are sorted by name", async () => {
    const forever = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
    const unready = shell("a", forever, { readinessProbe: { tcpSocket: { port: 8099 }, periodSeconds: 1 } });
    await t.create("run", { initContainers: [shell("i", "true")], containers: [shell("z", forever), unready] });
    const pod = await t.until(
      "run",
      (s) => s.containerStatuses?.every(({ started }) => started) && s.phase === "Running",
    );
    expect(conditions(pod)).toEqual([
      "PodReadyToStartContainers=True",
      "Initialized=True",
      "Ready=False ContainersNotReady containers with unready status: [a]",
      "ContainersReady=False ContainersNotReady containers with unready status: [a]",
      "PodScheduled=True",
    ]);
    expect(pod.status?.initContainerStatuses?.map(essence)).toEqual([
      { name: "i", ready: true, started: false, restartCount: 0, reason: "Completed", exitCode: 0 },
    ]);
    expect(pod.status?.containerStatuses?.map(essence)).toEqual([
      { name: "a", ready: false, started: true, restartCount: 0, reason: "Running" },
      { name: "z", ready: true, started: true, restartCount: 0, reason: "Running" },
    ]);
    await t.kube.delete(podType, { namespace: t.namespace, name: "run" });
    await t.recorded("run", "Normal Killing Stopping container z");
  });

  test("deletion: SIGTERM, SIGKILL after the grace period, and the end is in the status", async () => {
    const polite = shell("polite", "trap 'exit 0' TERM; echo ready; while :; do sleep 0.1; done");
    const stubborn = shell("stubborn", "trap '' TERM; echo ready; while :; do sleep 0.1; done");
    const spec: PodSpec = { terminationGracePeriodSeconds: 1, containers: [polite, stubborn] };
    await t.create("del", spec, { finalizers: ["example.com/hold"] });
    await t.until("del", phase("Running"));
    for (const name of ["polite", "stubborn"]) {
      await vi.waitFor(async () => expect(await t.log("del", name)).toBe("ready\n"), deadline);
    }
    await t.kube.delete(podType, { namespace: t.namespace, name: "del" });
    const pod = await t.until("del", phase("Failed"));
    expect(pod.status?.containerStatuses?.map(essence)).toEqual([
      { name: "polite", ready: false, started: false, restartCount: 0, reason: "Completed", exitCode: 0 },
      { name: "stubborn", ready: false, started: false, restartCount: 0, reason: "Error", exitCode: 137 },
    ]);
    const release = { type: "merge" as const, body: { metadata: { finalizers: null } } };
    await t.kube.patch(podType, { namespace: t.namespace, name: "del" }, release);
    await vi.waitFor(
      () => expect(t.kube.get(podType, { namespace: t.namespace, name: "del" })).rejects.toThrow(/not found/),
      deadline,
    );
  });

  test("restartPolicy OnFailure runs until success, volumes stay", async () => {
    const script = "test -e /v/x || { touch /v/x; exit 3; }";
    const container = shell("c", script, { volumeMounts: [{ name: "v", mountPath: "/v" }] });
    await t.create("retry", {
      restartPolicy: "OnFailure",
      containers: [container],
      volumes: [{ name: "v", emptyDir: {} }],
    });
    const { status } = await t.until("retry", phase("Succeeded"));
    expect(status?.containerStatuses?.[0]?.restartCount).toBe(1);
  });

  test("restartPolicy Always backs off", async () => {
    await t.create("crash", { containers: [shell("c", "exit 1")] });
    const pod = await t.until("crash", waiting("CrashLoopBackOff"));
    const { uid } = pod.metadata;
    expect(pod.status?.phase).toBe("Running");
    expect(waitingOf(pod.status)?.message).toMatch(
      new RegExp(`^back-off \\d+s restarting failed container=c pod=crash_${t.namespace}\\(${uid}\\)$`),
    );
    await t.recorded(
      "crash",
      `Warning BackOff Back-off restarting failed container c in pod crash_${t.namespace}(${uid})`,
    );
  });

  test("activeDeadlineSeconds", async () => {
    const limits = { activeDeadlineSeconds: 2, terminationGracePeriodSeconds: 1 };
    await t.create("late", {
      restartPolicy: "Never",
      ...limits,
      containers: [shell("c", "trap '' TERM; while :; do sleep 0.1; done")],
    });
    const { status } = await t.until("late", phase("Failed"));
    expect(status).toMatchObject({
      reason: "DeadlineExceeded",
      message: "Pod was active on the node longer than the specified deadline",
    });
    expect(status?.containerStatuses?.[0]?.state.terminated?.exitCode).toBe(137);
  });

  test("a program that does not exist", async () => {
    const container = { ...shell("c", ""), command: ["no-such"], args: [] };
    await t.create("none", { restartPolicy: "Never", containers: [container] });
    const { status } = await t.until("none", phase("Failed"));
    expect(status?.containerStatuses?.[0]?.state.terminated).toMatchObject({
      exitCode: 128,
      reason: "StartError",
      message: expect.stringContaining('exec: "no-such": executable file not found in $PATH'),
    });
  });

  test("an image that cannot be had", async () => {
    await t.create("pull", { restartPolicy: "Never", containers: [{ name: "c", image: "127.0.0.1:1/none:1" }] });
    const pod = await t.until("pull", waiting("ImagePullBackOff"));
    expect(pod.status?.phase).toBe("Pending");
    expect(waitingOf(pod.status)?.message).toMatch(/^Back-off pulling image "127\.0\.0\.1:1\/none:1": ErrImagePull: /);
    for (const event of ["Warning Failed Error: ErrImagePull", "Warning Failed Error: ImagePullBackOff"]) {
      await t.recorded("pull", event);
    }
  });
});

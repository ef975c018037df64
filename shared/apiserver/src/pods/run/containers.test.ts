import { expect, test, vi } from "vitest";
import { collections } from "../../client/kinds.ts";
import { shell } from "../../testing/pods.ts";
import { namespace, useRunner } from "../../testing/runner.ts";

const t = useRunner();

test("entrypoint, command, args and the environment of an image", async () => {
  const image = "test/greeter:2";
  const env = [{ name: "OVERRIDDEN", value: "by container" }];
  await t.pods.create("greeter", {
    restartPolicy: "Never",
    containers: [
      { name: "entrypoint", image, args: ["$(OVERRIDDEN)", "$(UNKNOWN)", "$$(OVERRIDDEN)"], env },
      { name: "program", image, command: ["shout", "loud"], args: ["$(OVERRIDDEN)"], env },
      { name: "other", image, command: ["/bin/sh", "-c", 'echo "$FROM_IMAGE $OVERRIDDEN $HOSTNAME $POD_IP"'], env },
    ],
  });
  const pod = await t.pods.phase("greeter", "Succeeded");
  expect(await t.log("greeter", "entrypoint")).toBe("hello by container $(UNKNOWN) $(OVERRIDDEN)\n");
  expect(await t.log("greeter", "program")).toBe("HELLO loud by container\n");
  expect(await t.log("greeter", "other")).toBe(`yes by container greeter ${pod.status?.podIP}\n`);
});

test("an image nobody stands in for waits as for a failing pull", async () => {
  await t.pods.create("pulling", { restartPolicy: "Never", containers: [{ name: "c", image: "registry/none:1" }] });
  const waitingReason = (reason: string) => (pod: { status?: { containerStatuses?: unknown } }) =>
    JSON.stringify(pod.status?.containerStatuses ?? "").includes(`"reason":"${reason}"`);
  await t.pods.until("pulling", waitingReason("ErrImagePull"));
  const pod = await t.pods.until("pulling", waitingReason("ImagePullBackOff"));
  expect(pod.status?.phase).toBe("Pending");
  expect(pod.status?.containerStatuses?.[0]?.state.waiting?.message).toContain("registry/none:1");
  await t.loopback.delete(collections.pods, { namespace, name: "pulling" });
  await t.pods.gone("pulling");
  expect(await t.pods.events("pulling")).toEqual(
    expect.arrayContaining([expect.stringMatching(/^Failed: Failed to pull image/), "Failed: Error: ErrImagePull"]),
  );
});

test("a container waits for its ConfigMap", async () => {
  const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "late", key: "a" } } }];
  await t.pods.create("waits", { restartPolicy: "Never", containers: [shell("c", "echo $A", { env })] });
  const waiting = await t.pods.until(
    "waits",
    ({ status }) => status?.containerStatuses?.[0]?.state.waiting?.message !== undefined,
  );
  expect(waiting.status?.containerStatuses?.[0]?.state.waiting).toEqual({
    reason: "CreateContainerConfigError",
    message: 'configmap "late" not found',
  });
  await t.configMap("late", { a: "arrived" });
  await t.pods.phase("waits", "Succeeded");
  expect(await t.log("waits", "c")).toBe("arrived\n");
});

test("a container that waits costs reads, but no writes", async () => {
  const counts = { reads: 0, writes: 0 };
  const { loopback } = t;
  t.loopback = {
    ...loopback,
    get: (...call) => {
      if (call[2] === "none") counts.reads += 1;
      return loopback.get(...call);
    },
    create: (...call) => {
      counts.writes += 1;
      return loopback.create(...call);
    },
    update: (...call) => {
      counts.writes += 1;
      return loopback.update(...call);
    },
  };
  await t.restart();
  const env = [{ name: "A", valueFrom: { configMapKeyRef: { name: "none", key: "a" } } }];
  await t.pods.create("idle", { restartPolicy: "Never", containers: [shell("c", "true", { env })] });
  await t.pods.until("idle", ({ status }) => status?.containerStatuses?.[0]?.state.waiting?.message !== undefined);
  await recorded("idle", 'Failed: Error: configmap "none" not found');
  const { reads, writes } = { ...counts };
  await vi.waitFor(() => expect(counts.reads).toBeGreaterThan(reads + 3), { timeout: 10_000 });
  expect(counts.writes).toBe(writes);
});

test("a Pod waits for the Secret of a volume", async () => {
  const volumes = [{ name: "s", secret: { secretName: "late", defaultMode: 0o400 } }];
  const read = shell("c", "ls -L -l $ELEMENTAL_ROOT/secret | grep -o '^-r-------- '; cat /secret/key", {
    volumeMounts: [{ name: "s", mountPath: "/secret", readOnly: true }],
  });
  await t.pods.create("volume", { restartPolicy: "Never", containers: [read], volumes });
  await recorded("volume", 'FailedMount: MountVolume.SetUp failed for volume "s" : secret "late" not found');
  await t.secret("late", { key: "value" });
  await t.pods.phase("volume", "Succeeded");
  expect(await t.log("volume", "c")).toBe("-r-------- \nvalue");
});

test("what is in envFrom can be overridden and prefixed", async () => {
  await t.configMap("c", { A: "1", B: "2" });
  await t.secret("s", { A: "3" });
  const container = shell("c", "echo $A $B $S_A $M", {
    envFrom: [
      { configMapRef: { name: "c" } },
      { secretRef: { name: "s" }, prefix: "S_" },
      { secretRef: { name: "no", optional: true } },
    ],
    env: [
      { name: "B", value: "override" },
      { name: "M", valueFrom: { fieldRef: { fieldPath: "metadata.labels['x']" } } },
    ],
  });
  await t.pods.create("from", { restartPolicy: "Never", containers: [container] }, { labels: { x: "label" } });
  await t.pods.phase("from", "Succeeded");
  expect(await t.log("from", "c")).toBe("1 override 3 label\n");
});

test("a program that does not exist fails the container with StartError", async () => {
  await t.pods.create("none", {
    restartPolicy: "Never",
    containers: [{ name: "c", image: "docker.io/test/shell:1", command: ["no-such-program"] }],
  });
  const { status } = await t.pods.phase("none", "Failed");
  expect(status?.containerStatuses?.[0]?.state.terminated).toMatchObject({
    exitCode: 128,
    reason: "StartError",
    message: 'exec: "no-such-program": executable file not found in $PATH',
  });
});

function recorded(pod: string, event: string): Promise<void> {
  return vi.waitFor(async () => expect(await t.pods.events(pod)).toContain(event), { timeout: 10_000 });
}

import { existsSync, readdirSync } from "node:fs";
import { get } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, test } from "vitest";
import { collections } from "../client/kinds.ts";
import { printed, shell } from "../testing/pods.ts";
import { namespace, useRunner } from "../testing/runner.ts";
import { namespacesWork } from "./root/namespaces.ts";
import type { Isolation } from "./root/root.ts";

const isolations: Isolation[] = (await namespacesWork(tmpdir())) ? ["namespaces", "paths"] : ["paths"];
const t = useRunner();

async function fetchText(address: { host: string; port: number }, path: string): Promise<string> {
  return new Promise((resolve, reject) => {
    get({ ...address, path }, async (response) => {
      resolve((await printed(response)) ?? "");
    }).once("error", reject);
  });
}

describe.each(isolations)("with %s", (isolation) => {
  beforeEach(async () => {
    await t.restart({ isolation });
  });

  test("the Pod of a SeedImage: an init container builds into a volume, a container serves it", async () => {
    await t.configMap("seed", {
      "base-image": "http://base",
      "output-name": "out.iso",
      registration: "url: x",
      other: "no",
    });
    const env = [
      { name: "OUTPUT", valueFrom: { configMapKeyRef: { name: "seed", key: "output-name" } } },
      { name: "TARGET", value: "/iso/$(OUTPUT)" },
    ];
    const build = shell(
      "build",
      "cp /overlay/reg/livecd.yaml /iso/base.iso && cat /iso/base.iso > $TARGET && ls /overlay",
      {
        env,
        volumeMounts: [
          { name: "iso-storage", mountPath: "/iso" },
          { name: "config-map", mountPath: "/overlay" },
        ],
      },
    );
    const server = `
      const fs = require("node:fs");
      require("node:http").createServer((request, response) => response.end(fs.readFileSync(process.argv[1] + request.url)))
        .listen(process.env.ELEMENTAL_LISTEN_80.split(":")[1], process.env.POD_IP);`;
    const serve = {
      name: "serve",
      image: "docker.io/test/shell:1",
      command: [process.execPath, "-e"],
      args: [server, "/srv"],
      ports: [{ name: "http", containerPort: 80 }],
      readinessProbe: { tcpSocket: { port: "http" } },
      volumeMounts: [{ name: "iso-storage", mountPath: "/srv" }],
    };
    const volumes = [
      { name: "iso-storage", emptyDir: { sizeLimit: "1Gi" } },
      { name: "config-map", configMap: { name: "seed", items: [{ key: "registration", path: "reg/livecd.yaml" }] } },
    ];
    const labels = { "app.kubernetes.io/name": "seed" };
    await t.pods.create(
      "seed",
      { restartPolicy: "Never", initContainers: [build], containers: [serve], volumes },
      { labels },
    );
    await t.loopback.create(collections.services, {
      apiVersion: "v1",
      kind: "Service",
      metadata: { name: "seed", namespace },
      spec: { selector: labels, ports: [{ port: 80 }] },
    } as never);
    const pod = await t.pods.until(
      "seed",
      ({ status }) => status?.conditions?.some((c) => c.type === "Ready" && c.status === "True") === true,
    );
    expect(pod.status).toMatchObject({
      phase: "Running",
      podIP: expect.stringMatching(/^127\./),
      initContainerStatuses: [
        { name: "build", ready: true, state: { terminated: { exitCode: 0, reason: "Completed" } } },
      ],
      containerStatuses: [{ name: "serve", ready: true, started: true, restartCount: 0 }],
    });
    expect(await t.log("seed", "build")).toBe("reg\n");
    const address = await t.runner.serviceAddress(namespace, "seed", 80);
    expect(address?.host).toBe(pod.status?.podIP);
    expect(await fetchText(address ?? { host: "", port: 0 }, "/out.iso")).toBe("url: x");
    await t.loopback.delete(collections.pods, { namespace, name: "seed" });
    await t.pods.gone("seed");
    expect(await t.runner.serviceAddress(namespace, "seed", 80)).toBeUndefined();
  });

  test("the Pod of a channel: a runner downloads, another container prints", async () => {
    const mount = { volumeMounts: [{ name: "output", mountPath: "/data" }] };
    const runnerContainer = shell("runner", "printf '[%s]\\n' \"$ELEMENTAL_TIMEOUT\" > /data/output", {
      ...mount,
      env: [{ name: "ELEMENTAL_TIMEOUT", value: "30s" }],
    });
    const display = shell("display", "cat /data/output", mount);
    const volumes = [{ name: "output", emptyDir: {} }];
    await t.pods.create("channel", {
      restartPolicy: "Never",
      initContainers: [runnerContainer],
      containers: [display],
      volumes,
    });
    await t.pods.phase("channel", "Succeeded");
    expect(await t.log("channel", "display")).toBe("[30s]\n");
  });
});

test("a Pod for another kind of node is not scheduled", async () => {
  await t.pods.create("selective", { nodeSelector: { disk: "ssd" }, containers: [shell("c", "true")] });
  const { status } = await t.pods.until("selective", (pod) => pod.status?.conditions !== undefined);
  expect(status?.conditions).toMatchObject([{ type: "PodScheduled", status: "False", reason: "Unschedulable" }]);
});

test("after a restart of the runner finished Pods keep their logs, interrupted ones fail or go on", async () => {
  await t.pods.create("done", { restartPolicy: "Never", containers: [shell("c", "echo output")] });
  await t.pods.create("once", { restartPolicy: "Never", containers: [shell("c", "sleep 600")] });
  await t.pods.create("always", { containers: [shell("c", "sleep 600")] });
  await t.pods.phase("done", "Succeeded");
  await t.pods.phase("once", "Running");
  await t.pods.phase("always", "Running");
  await t.restart();
  const once = await t.pods.phase("once", "Failed");
  expect(once.status?.containerStatuses?.[0]?.state.terminated).toMatchObject({
    exitCode: 137,
    reason: "ContainerStatusUnknown",
  });
  const always = await t.pods.until("always", ({ status }) => status?.containerStatuses?.[0]?.restartCount === 1);
  expect(always.status?.phase).toBe("Running");
  expect(await t.log("done", "c")).toBe("output\n");
});

test("what a Pod had on disk goes with it, also when it went while no runner was there", async () => {
  for (const name of ["here", "away"]) {
    await t.pods.create(name, { restartPolicy: "Never", containers: [shell("c", "true")] });
    await t.pods.phase(name, "Succeeded");
  }
  const directory = join(t.dataDir, "pods");
  expect(readdirSync(directory)).toHaveLength(2);
  await t.loopback.delete(collections.pods, { namespace, name: "here" });
  await t.runner.stop();
  await t.loopback.delete(collections.pods, { namespace, name: "away" });
  await t.restart();
  expect(readdirSync(directory)).toEqual([]);
  expect(existsSync(directory)).toBe(true);
});

test("the node is there and ready", async () => {
  const node = await t.loopback.get(collections.nodes, "", "standalone");
  expect(node).toMatchObject({ status: { conditions: [{ type: "Ready", status: "True" }] } });
  const lease = await t.loopback.get(collections.leases, "kube-node-lease", "standalone");
  expect(lease).toMatchObject({ spec: { holderIdentity: "standalone", leaseDurationSeconds: 40 } });
});

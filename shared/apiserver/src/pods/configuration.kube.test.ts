import { configMaps } from "@elemental/api";
import { beforeEach, describe, expect, test } from "vitest";
import { shell } from "../testing/pods.ts";
import { conditions, hasNode, phase, usePodsOnNode, waiting, waitingOf } from "../testing/pods-on-node.ts";

describe.runIf(hasNode)("configuration of Pods", () => {
  const t = usePodsOnNode();

  beforeEach(async () => {
    const metadata = { name: "cm", namespace: t.namespace };
    await t.kube.create(configMaps, { apiVersion: "v1", kind: "ConfigMap", metadata, data: { a: "1", b: "2" } });
  });

  test.each([
    ["none", "a", 'configmap "none" not found'],
    ["cm", "zz", "couldn't find key zz in ConfigMap NAMESPACE/cm"],
  ])("a variable from %s/%s waits", async (name, key, message) => {
    const env = [{ name: "A", valueFrom: { configMapKeyRef: { name, key } } }];
    await t.create("env", { restartPolicy: "Never", containers: [shell("c", "true", { env })] });
    const { status } = await t.until("env", waiting("CreateContainerConfigError"));
    expect(waitingOf(status)?.message).toBe(message.replace("NAMESPACE", t.namespace));
    expect(status?.phase).toBe("Pending");
  });

  test.each([
    [{ name: "none" }, 'configmap "none" not found'],
    [{ name: "cm", items: [{ key: "zz", path: "q" }] }, "configmap references non-existent config key: zz"],
  ])("a volume from %o waits", async (configMap, message) => {
    const container = shell("c", "true", { volumeMounts: [{ name: "v", mountPath: "/v" }] });
    await t.create("vol", { restartPolicy: "Never", containers: [container], volumes: [{ name: "v", configMap }] });
    await t.recorded("vol", `Warning FailedMount MountVolume.SetUp failed for volume "v" : ${message}`);
    const pod = await t.until("vol", waiting("ContainerCreating"));
    expect(conditions(pod)[0]).toBe("PodReadyToStartContainers=False");
  });

  test("references in arguments", async () => {
    const args = ["$(A)", "$(NO)", "$$(A)", "$$$(A)", "$(B", "$A", "$$", "end$"];
    const env = [
      { name: "A", value: "1$(B)" },
      { name: "B", value: "b$(A)" },
    ];
    await t.create("args", {
      restartPolicy: "Never",
      containers: [{ ...shell("c", ""), command: ["echo"], args, env }],
    });
    await t.until("args", phase("Succeeded"));
    expect(await t.log("args", "c")).toBe("1$(B) $(NO) $(A) $1$(B) $(B $A $ end$\n");
  });

  test("variables from everywhere", async () => {
    const container = shell("c", 'echo "$P_a $P_b $B $NAME $LABEL $ACCOUNT ${OPTIONAL-unset} $HOSTNAME"', {
      envFrom: [{ prefix: "P_", configMapRef: { name: "cm" } }],
      env: [
        { name: "B", value: "b$(P_a)" },
        { name: "NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
        { name: "LABEL", valueFrom: { fieldRef: { fieldPath: "metadata.labels['x']" } } },
        { name: "ACCOUNT", valueFrom: { fieldRef: { fieldPath: "spec.serviceAccountName" } } },
        { name: "OPTIONAL", valueFrom: { configMapKeyRef: { name: "none", key: "a", optional: true } } },
      ],
    });
    await t.create("vars", { restartPolicy: "Never", containers: [container] }, { labels: { x: "label" } });
    await t.until("vars", phase("Succeeded"));
    expect(await t.log("vars", "c")).toBe("1 2 b1 vars label default unset vars\n");
  });

  test("a ConfigMap as volume: chosen keys, paths and modes", async () => {
    const volumes = [{ name: "v", configMap: { name: "cm", items: [{ key: "a", path: "d/a", mode: 0o400 }] } }];
    const script = "cd /v; echo *; cat d/a; echo; stat -c %a $(readlink -f d/a)";
    const container = shell("c", script, { volumeMounts: [{ name: "v", mountPath: "/v" }] });
    await t.create("files", { restartPolicy: "Never", containers: [container], volumes });
    await t.until("files", phase("Succeeded"));
    expect(await t.log("files", "c")).toBe("d\n1\n400\n");
  });
});

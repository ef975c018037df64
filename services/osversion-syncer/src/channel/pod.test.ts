import { describe, expect, test } from "vitest";
import { channel, settings } from "../testing/objects.ts";
import { readConfiguration } from "./configuration.ts";
import { syncPod } from "./pod.ts";

function podFor(spec: object, more: Partial<typeof settings> = {}) {
  const owner = channel(spec);
  const { value, problem } = readConfiguration(owner.spec);
  if (problem !== undefined) throw new Error(problem);
  return syncPod(owner, value.source, { ...settings, ...more });
}

describe("the synchronization Pod", () => {
  test("C-100 of a json channel downloads the URL with the timeout, whatever the case of its options", () => {
    const pod = podFor({ type: "JSON", options: { URI: "https://example.com/l?a=1&b", Timeout: "1m" } });
    expect(pod.spec?.initContainers).toMatchObject([
      {
        name: "runner",
        image: settings.operatorImage,
        args: ["download", "--url", "https://example.com/l?a=1&b", "--file", "/data/output"],
        env: [{ name: "ELEMENTAL_TIMEOUT", value: "1m" }],
      },
    ]);
  });

  test("C-101 of a custom channel runs its image and shows what it wrote", () => {
    const options = { image: "channel:1", Command: ["/get"], args: ["-o"], envs: [{ name: "A", value: "b" }] };
    const pod = podFor({ type: "custom", options });
    const [runner] = pod.spec?.initContainers ?? [];
    expect(runner).toMatchObject({ image: "channel:1", imagePullPolicy: "Always", command: ["/get"], args: ["-o"] });
    expect(runner).toMatchObject({ env: [{ name: "A", value: "b" }], volumeMounts: [{ mountPath: "/data" }] });
    expect(runner?.securityContext).toBeUndefined();
    expect(pod.spec?.containers).toMatchObject([
      { name: "display", image: settings.operatorImage, args: ["display", "--file", "/data/output"] },
    ]);
  });

  test("writes and reads where the options say", () => {
    const pod = podFor({ type: "custom", options: { image: "i", mountPath: "/out", outputFile: "/out/list" } });
    expect(pod.spec?.containers[0]).toMatchObject({
      args: ["display", "--file", "/out/list"],
      volumeMounts: [{ mountPath: "/out" }],
    });
  });

  test("is the channel's, has no credential, ends in time and runs our programs without privileges", () => {
    const pod = podFor({});
    expect(pod.metadata).toMatchObject({
      namespace: "fleet-default",
      name: "stable",
      ownerReferences: [{ controller: true, uid: "channel-uid" }],
    });
    expect(pod.spec).toMatchObject({
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      activeDeadlineSeconds: 300,
    });
    const containers = [...(pod.spec?.initContainers ?? []), ...(pod.spec?.containers ?? [])];
    expect(containers).toHaveLength(2);
    for (const { securityContext } of containers) {
      expect(securityContext).toMatchObject({
        runAsNonRoot: true,
        allowPrivilegeEscalation: false,
        capabilities: { drop: ["ALL"] },
      });
    }
  });

  test("passes the operator's proxies to our download only", () => {
    const proxyEnv = { HTTPS_PROXY: "http://proxy:3128" };
    expect(podFor({}, { proxyEnv }).spec?.initContainers?.[0]?.env).toEqual([
      { name: "HTTPS_PROXY", value: "http://proxy:3128" },
    ]);
    expect(
      podFor({ type: "custom", options: { image: "i" } }, { proxyEnv }).spec?.initContainers?.[0]?.env,
    ).toBeUndefined();
  });
});

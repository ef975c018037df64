import { readFileSync } from "node:fs";
import type { Container, KubeObject } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { charts, helmMissing, tool } from "./helm.ts";
import { ofKind, render, type Values, type Workload } from "./render.ts";

/** Generated from the services, so it is what they know. */
const reference = readFileSync(new URL("../../../docs/configuration.md", import.meta.url), "utf8");
const suite = describe.skipIf(helmMissing !== "");
const services = [
  "inventory-controller",
  "osversion-syncer",
  "registration-api",
  "seedimage-builder",
  "selector-controller",
];

const containersOf = (workload: Workload | undefined): Container[] => workload?.spec.template.spec.containers ?? [];
const nameOf = ({ metadata }: KubeObject) => metadata.name;

function deployment(objects: KubeObject[], service: string): Workload | undefined {
  return ofKind<Workload>(objects, "Deployment").find((it) => nameOf(it) === `elemental-operator-${service}`);
}

function variable(objects: KubeObject[], service: string, name: string): string | undefined {
  return containersOf(deployment(objects, service))[0]?.env?.find((it) => it.name === name)?.value;
}

function channels(objects: KubeObject[]): Record<string, string> {
  const all = ofKind<KubeObject & { spec: { options: { image: string } } }>(objects, "ManagedOSVersionChannel");
  return Object.fromEntries(all.map((channel) => [nameOf(channel), channel.spec.options.image]));
}

suite(`the operator chart${helmMissing && ` (skipped: ${helmMissing})`}`, () => {
  test("passes helm's own checks", async () => {
    for (const chart of Object.values(charts)) await tool("helm", ["lint", "--strict", chart]);
  });

  test("runs each service by itself, confined, with probes and its own account", async () => {
    const objects = await render({});
    expect(ofKind(objects, "Deployment").map(nameOf).sort()).toEqual(services.map((it) => `elemental-operator-${it}`));
    for (const workload of [...ofKind<Workload>(objects, "Deployment"), ...ofKind<Workload>(objects, "StatefulSet")]) {
      const { spec } = workload.spec.template;
      expect(spec).toMatchObject({
        serviceAccountName: nameOf(workload),
        securityContext: { runAsNonRoot: true, seccompProfile: { type: "RuntimeDefault" } },
      });
      for (const container of spec.containers) {
        expect(container).toMatchObject({
          securityContext: {
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ["ALL"] },
          },
          livenessProbe: {},
          readinessProbe: {},
          resources: { requests: {}, limits: {} },
        });
      }
    }
  });

  test.each(services)(
    "%s knows every variable it is given",
    async (service) => {
      const everything = {
        proxy: "http://proxy.example",
        "server.url": "https://x",
        "server.caCert": "PEM",
        "tls.secretName": "x",
        "agentGateway.tlsSecretName": "x",
        "redis.external.caSecret": "x",
        "seedImage.cacheDirectory": "/var/cache/elemental",
      };
      const objects = await render(everything);
      const section = reference.split(`## ${service}\n`)[1]?.split("\n## ")[0] ?? "";
      const known = [...section.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name);
      const given = containersOf(deployment(objects, service))[0]?.env?.map(({ name }) => name) ?? [];
      expect(given.filter((name) => !known.includes(name))).toEqual([]);
      expect(given).toContain("REDIS_URL");
    },
    120_000,
  );

  test("values of the original chart mean what they meant", async () => {
    const objects = await render({
      "global.cattle.systemDefaultRegistry": "air.gap:5000",
      "image.repository": "mirror/operator",
      "image.tag": "1.9.2",
      "image.empty": "rancher/pause:3.1",
      "seedImage.imagePullPolicy": "Never",
      replicas: 2,
      proxy: "http://proxy.example",
      debug: true,
    });
    for (const service of services) {
      expect(deployment(objects, service)?.spec.replicas).toBe(2);
      expect(containersOf(deployment(objects, service))[0]?.image).toBe("air.gap:5000/mirror/operator:1.9.2");
      expect(variable(objects, service, "LOG_LEVEL")).toBe("debug");
    }
    expect(variable(objects, "osversion-syncer", "OPERATOR_IMAGE")).toBe("air.gap:5000/mirror/operator:1.9.2");
    expect(variable(objects, "osversion-syncer", "DEFAULT_REGISTRY")).toBe("air.gap:5000");
    expect(variable(objects, "osversion-syncer", "HTTPS_PROXY")).toBe("http://proxy.example");
    expect(variable(objects, "seedimage-builder", "SEEDIMAGE_IMAGE_PULL_POLICY")).toBe("Never");
    expect(Object.values(channels(objects))[0]).toBe("air.gap:5000/rancher/elemental-channel/sl-micro:6.2-baremetal");
  });

  test("D-36 a channel that is not included does not exist, one more appears once", async () => {
    const objects = await render({
      "defaultChannels.slMicro62RT.included": false,
      "defaultChannels.slMicro55": { enabled: true },
      channel: { name: "own", image: "registry.example/own", tag: "1" },
    });
    expect(channels(objects)).toEqual({
      "sl-micro-6.2-baremetal-channel": "registry.suse.com/rancher/elemental-channel/sl-micro:6.2-baremetal",
      "sl-micro-6.2-base-channel": "registry.suse.com/rancher/elemental-channel/sl-micro:6.2-base",
      "sl-micro-6.2-kvm-channel": "registry.suse.com/rancher/elemental-channel/sl-micro:6.2-kvm",
      own: "registry.example/own:1",
    });
    expect(ofKind(objects, "ManagedOSVersionChannel")).toHaveLength(4);
  });

  test("an external Redis takes the place of the built-in one", async () => {
    const objects = await render({ "redis.external.url": "rediss://:secret@redis.example:6380" });
    expect(ofKind(objects, "StatefulSet")).toEqual([]);
    const secret = ofKind<KubeObject & { data: { url: string } }>(objects, "Secret").find(
      (it) => nameOf(it) === "elemental-operator-redis",
    );
    expect(Buffer.from(secret?.data.url ?? "", "base64").toString()).toBe("rediss://:secret@redis.example:6380");
  });

  test("the door opens Rancher's tunnel where Rancher is and it is wanted", async () => {
    const served = ["--api-versions", "management.cattle.io/v3/APIService"];
    const folder = "TUNNEL_SECRET_DIRECTORY";
    expect(variable(await render({}), "registration-api", folder)).toBeUndefined();
    expect(
      variable(await render({ "rancher.apiService": false }, { flags: served }), "registration-api", folder),
    ).toBeUndefined();
    const objects = await render({}, { flags: served });
    expect(variable(objects, "registration-api", folder)).toBe("/etc/elemental/tunnel");
    expect(ofKind(objects, "APIService")).toMatchObject([
      { spec: { secretName: "elemental-operator", pathPrefixes: ["/elemental/"] } },
    ]);
    const volumes = deployment(objects, "registration-api")?.spec.template.spec.volumes;
    expect(volumes).toContainEqual({ name: "tunnel", secret: { secretName: "elemental-operator", optional: true } });
  });

  test("Rancher's role is offered where Rancher is", async () => {
    expect(ofKind(await render({}), "GlobalRole")).toEqual([]);
    const objects = await render({}, { flags: ["--api-versions", "management.cattle.io/v3/GlobalRole"] });
    expect(ofKind(objects, "GlobalRole").map(nameOf)).toEqual(["elemental-operator"]);
  });

  test.each<[string, Values, RegExp]>([
    ["an unknown service", { "services.registrationAPI.replicas": 2 }, /registrationAPI/],
    ["a variable in lower case", { "services.registrationApi.env": { concurrency: 1 } }, /concurrency/],
    ["root", { "securityContext.runAsUser": 0 }, /runAsUser/],
    ["a URL without scheme", { "server.url": "x.example" }, /server.url/],
    ["KEDA without Prometheus", { "autoscaling.type": "keda" }, /prometheusUrl is needed/],
    [
      "a custom channel with a default one's name",
      { channel: { name: "sl-micro-6.2-rt-channel", image: "x", tag: "1" } },
      /is the name of a default channel/,
    ],
  ])("%s is refused", async (_name, values, message) => {
    await expect(render(values)).rejects.toThrow(message);
  });
});

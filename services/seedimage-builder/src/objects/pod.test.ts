import { describe, expect, test } from "vitest";
import { options, seedImage } from "../testing/objects.ts";
import { pod } from "./pod.ts";

const build = { hash: "abc", outputName: "fire-nodes-20260131T102030Z.iso" };
const builderImage = options.image;
const podOf = (spec: Parameters<typeof seedImage>[0] = {}, more: Partial<typeof options> = {}) =>
  pod(seedImage(spec), build, { ...options, ...more });
const initOf = (...args: Parameters<typeof podOf>) => podOf(...args).spec?.initContainers ?? [];

const buildEnv = [
  ["ELEMENTAL_DEVICE", "device"],
  ["ELEMENTAL_REGISTRATION_URL", "registration-url"],
  ["ELEMENTAL_BASE_IMAGE", "base-image"],
  ["ELEMENTAL_OUTPUT_NAME", "output-name"],
].map(([name, key]) => ({ name, valueFrom: { configMapKeyRef: { name: "fire", key } } }));

test("is named, labelled, annotated and owned as the contract says", () => {
  expect(podOf().metadata).toEqual({
    namespace: "fleet-default",
    name: "fire",
    labels: { "app.kubernetes.io/name": "fire" },
    annotations: {
      "elemental.cattle.io/base-image": "https://images.example/base.iso",
      "elemental.cattle.io/build-hash": "abc",
      "elemental.cattle.io/output-name": build.outputName,
    },
    ownerReferences: [
      {
        apiVersion: "elemental.cattle.io/v1beta1",
        kind: "SeedImage",
        name: "fire",
        uid: "image-uid",
        controller: true,
        blockOwnerDeletion: true,
      },
    ],
  });
  expect(podOf().spec).toMatchObject({ restartPolicy: "Never", automountServiceAccountToken: false });
});

describe("build containers", () => {
  test("C-087 a base by URL is one container", () => {
    expect(initOf()).toMatchObject([
      {
        name: "build",
        image: builderImage,
        args: ["build", "--work", "/iso", "--overlay", "/overlay"],
        env: [...buildEnv, { name: "ELEMENTAL_MAX_BYTES", value: "6442450944" }],
        volumeMounts: [
          { name: "iso-storage", mountPath: "/iso" },
          { name: "config-map", mountPath: "/overlay" },
        ],
      },
    ]);
  });

  test.each(["registry/os/iso:1", "http-registry:5000/os/iso:1"])(
    "C-087 a base image (%s) is copied first",
    (image) => {
      const [base, own, ...rest] = initOf({ baseImage: image });
      expect(base).toMatchObject({
        name: "baseiso",
        image,
        imagePullPolicy: "IfNotPresent",
        command: ["busybox", "sh", "-c"],
      });
      expect(base?.args?.join()).toContain("busybox cp");
      expect(base?.volumeMounts).toEqual([{ name: "iso-storage", mountPath: "/iso" }]);
      expect(own).toMatchObject({ name: "build", image: builderImage });
      expect(rest).toEqual([]);
    },
  );

  test("C-087 a base image for a platform is pulled first", () => {
    const [base, own] = initOf({ baseImage: "registry/os/iso:1", targetPlatform: "linux/arm64" });
    expect(base).toMatchObject({ name: "baseiso", image: builderImage, args: ["pull", "--work", "/iso"] });
    expect(base?.env).toContainEqual({ name: "ELEMENTAL_TARGET_PLATFORM", value: "linux/arm64" });
    expect(own?.name).toBe("build");
  });

  test.each([undefined, "linux/arm64"])("C-088 a raw image is one container, platform %s", (targetPlatform) => {
    const [own, ...rest] = initOf({
      type: "raw",
      baseImage: "registry/os:1",
      ...(targetPlatform && { targetPlatform }),
    });
    expect(own).toMatchObject({ name: "build", args: ["build-disk", "--work", "/iso", "--overlay", "/overlay"] });
    const platform = targetPlatform ? [{ name: "ELEMENTAL_TARGET_PLATFORM", value: targetPlatform }] : [];
    expect(own?.env).toEqual([...buildEnv, ...platform]);
    expect(rest).toEqual([]);
  });

  test.each(["iso", "raw"] as const)("C-089 CLI-83 the user's container replaces all, type %s", (type) => {
    const buildContainer = { image: "mine:1", command: ["make"], args: ["it"], imagePullPolicy: "Always" };
    expect(initOf({ type, buildContainer })).toEqual([
      {
        ...buildContainer,
        name: "build",
        env: buildEnv,
        volumeMounts: [
          { name: "iso-storage", mountPath: "/iso" },
          { name: "config-map", mountPath: "/overlay" },
        ],
        resources: { requests: { "ephemeral-storage": 6442450944 } },
        terminationMessagePolicy: "FallbackToLogsOnError",
      },
    ]);
    expect(initOf({ buildContainer: { name: "own", image: "mine:1" } })[0]?.name).toBe("own");
  });

  test.each([
    ["a URL", {}],
    ["an image", { baseImage: "registry/os/iso:1" }],
    ["raw", { type: "raw" as const }],
  ])("C-090 the first container of %s requests the space, and the volume is limited to it", (_, spec) => {
    const made = podOf({ ...spec, size: "8Gi" });
    const requests = made.spec?.initContainers?.map(
      (container) => container.resources?.requests?.["ephemeral-storage"],
    );
    expect(requests?.[0]).toBe("8Gi");
    expect(requests?.slice(1).every((request) => request === undefined)).toBe(true);
    expect(made.spec?.volumes?.[0]).toEqual({ name: "iso-storage", emptyDir: { sizeLimit: "8Gi" } });
  });

  test("no value of a user is in a command line, except of their own container", () => {
    const values = { baseImage: "https://host/$(id);`touch x`", targetPlatform: "linux/a;b" };
    for (const spec of [values, { ...values, baseImage: "reg/a;b" }, { ...values, type: "raw" as const }]) {
      for (const { command = [], args = [] } of initOf(spec))
        expect([...command, ...args].join(" ")).not.toMatch(/[;]b|id/);
    }
  });
});

describe("cache of bases", () => {
  const cached = { baseCacheDirectory: "/var/cache/elemental" };

  test("is used by the builder and the server of an ISO", () => {
    const { volumes, initContainers, containers } = podOf({}, cached).spec ?? {};
    expect(volumes?.[2]).toEqual({
      name: "base-cache",
      hostPath: { path: "/var/cache/elemental", type: "DirectoryOrCreate" },
    });
    for (const container of [initContainers?.[0], containers?.[0]]) {
      expect(container?.args?.slice(-2)).toEqual(["--cache", "/cache"]);
      expect(container?.volumeMounts?.at(-1)).toMatchObject({ name: "base-cache", mountPath: "/cache" });
    }
  });

  test.each([{ type: "raw" as const }, { buildContainer: { image: "mine:1" } }])("is nothing for %o", (spec) => {
    const { volumes, containers } = podOf(spec, cached).spec ?? {};
    expect(volumes).toHaveLength(2);
    expect(containers?.[0]?.args).not.toContain("--cache");
  });
});

describe("serve container", () => {
  test("serves the image on the Pod's address, without privileges", () => {
    expect(podOf().spec?.containers).toMatchObject([
      {
        name: "serve",
        image: builderImage,
        args: ["serve", "-d", "/srv", "-p", "8080", "-t", "3600"],
        ports: [{ name: "http", containerPort: 8080 }],
        volumeMounts: [{ name: "iso-storage", mountPath: "/srv" }],
        securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
      },
    ]);
    expect(podOf().spec?.containers[0]?.env?.[0]).toEqual(buildEnv[3]);
  });

  test.each([
    [0, "0"],
    [-5, "-300"],
    [90, "5400"],
  ])("C-096 cleanupAfterMinutes %i is -t %s", (cleanupAfterMinutes, seconds) => {
    expect(podOf({ cleanupAfterMinutes }).spec?.containers[0]?.args?.slice(-2)).toEqual(["-t", seconds]);
  });
});

test("the overlay has the three files below directories, so that they are no links", () => {
  expect(podOf().spec?.volumes?.[1]).toEqual({
    name: "config-map",
    configMap: {
      name: "fire",
      items: [
        { key: "registration", path: "reg/livecd-cloud-config.yaml" },
        { key: "cloud-config", path: "iso-config/cloud-config.yaml" },
        { key: "reset-config", path: "reg/reset-config.yaml" },
      ],
    },
  });
});

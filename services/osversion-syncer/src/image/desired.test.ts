import type { ManagedOSImage, ManagedOSVersion } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { channel, osImage, versionOf } from "../testing/objects.ts";
import { desiredBundle } from "./desired.ts";
import { bundleResources } from "./resources.ts";

const version = versionOf(channel(), "v1");

function planOf(image: ManagedOSImage, of?: ManagedOSVersion, registry = "") {
  const resources = desiredBundle(image, of, registry).spec.resources ?? [];
  return JSON.parse(resources.at(-1)?.content ?? "");
}

describe("the Bundle", () => {
  test("C-111 has five resources, the targets and the image's owner", () => {
    const rollout = { maxUnavailable: "10%" };
    const image = osImage({
      osImage: "a:30000/b:t",
      clusterTargets: [{ clusterName: "c" }],
      clusterRolloutStrategy: rollout,
    });
    const bundle = desiredBundle(image, undefined, "");
    expect(bundle.metadata).toMatchObject({
      namespace: "fleet-default",
      name: "mos-upgrade",
      ownerReferences: [{ uid: "image-uid", controller: true }],
    });
    expect(bundle.spec).toMatchObject({ targets: [{ clusterName: "c" }], rolloutStrategy: rollout });
    expect(bundle.spec.resources?.map(({ name }) => name?.split("-os-upgrader")[0])).toEqual([
      "ClusterRole-",
      "ClusterRoleBinding-",
      "ServiceAccount-cattle-system",
      "Secret-cattle-system",
      "Plan-cattle-system",
    ]);
    expect(planOf(image).spec).toMatchObject({ version: "t", upgrade: { image: "a:30000/b" } });
  });

  test("has the bytes of the original, so that a takeover redeploys nothing", () => {
    const image = osImage({}, { name: "test-name" });
    const resources = bundleResources(image, "latest", { command: ["/usr/sbin/suc-upgrade"] });
    expect(resources.map(({ name }) => name)).toEqual([
      "ClusterRole--os-upgrader-test-name-76e70a456f8d.yaml",
      "ClusterRoleBinding--os-upgrader-test-name-1aac7f7a2652.yaml",
      "ServiceAccount-cattle-system-os-upgrader-test-name-8a5f5287871a.yaml",
      "Secret-cattle-system-os-upgrader-test-name-5a9dadd40061.yaml",
      "Plan-cattle-system-os-upgrader-test-name-33afae47ddbc.yaml",
    ]);
  });

  test("C-114 of fleet-local goes to the local cluster", () => {
    const image = osImage({ osImage: "r/i:1" }, { namespace: "fleet-local" });
    expect(desiredBundle(image, undefined, "").spec.targets).toEqual([{ clusterName: "local" }]);
  });

  test("C-005 has no drain when the image says null, and the image's own otherwise", () => {
    expect(planOf(osImage({ osImage: "r/i", drain: null })).spec).not.toHaveProperty("drain");
    expect(planOf(osImage({ osImage: "r/i", drain: { force: true } })).spec.drain).toEqual({ force: true });
  });

  test("carries the cloud-config in its Secret", () => {
    const image = osImage({ osImage: "r/i", cloudConfig: { a: "<&>" } });
    const [, , , secret] = desiredBundle(image, undefined, "").spec.resources ?? [];
    const { data } = JSON.parse(secret?.content ?? "");
    expect(Buffer.from(data["cloud-config"], "base64").toString()).toBe("#cloud-config\na: <&>\n");
  });

  test("has the defaults that the image leaves out, and what it says instead", () => {
    expect(planOf(osImage({ osImage: "r/i" })).spec).toMatchObject({ concurrency: 1, cordon: true, nodeSelector: {} });
    const spec = {
      osImage: "r/i",
      concurrency: 3,
      cordon: false,
      nodeSelector: { matchLabels: { a: "b" } },
      prepare: { image: "p" },
    };
    const plan = planOf(osImage(spec));
    expect(plan.spec).toMatchObject({
      concurrency: 3,
      nodeSelector: { matchLabels: { a: "b" } },
      prepare: { image: "p" },
    });
    expect(plan.spec).not.toHaveProperty("cordon");
  });
});

describe("the upgrade container", () => {
  const named = { managedOSVersionName: "v1" };

  test("C-113 has the metadata of the version, the user's variables, sorted, and leaves both specs alone", () => {
    const metadata = {
      upgradeImage: "r.example/os:v1",
      displayName: 'a"b',
      created: 1700000000,
      platforms: ["linux/x86_64"],
    };
    const envs = [
      { name: "METADATA_CREATED", value: "mine" },
      { name: "FORCE", value: "true" },
    ];
    const image = osImage({ ...named, upgradeContainer: { envs } });
    const of = { ...version, spec: { ...version.spec, metadata } };
    const before = structuredClone([image, of]);
    expect(planOf(image, of).spec.upgrade).toEqual({
      image: "r.example/os",
      command: ["/usr/sbin/suc-upgrade"],
      envs: [
        { name: "FORCE", value: "true" },
        { name: "METADATA_CREATED", value: "1700000000" },
        { name: "METADATA_DISPLAYNAME", value: 'a"b' },
        { name: "METADATA_PLATFORMS", value: '["linux/x86_64"]' },
        { name: "METADATA_UPGRADEIMAGE", value: "r.example/os:v1" },
      ],
    });
    expect([image, of]).toEqual(before);
  });

  test.each([
    { title: "the image's own", own: { image: "own" }, versions: { image: "version's" }, expected: "own" },
    { title: "else the version's", own: undefined, versions: { image: "version's" }, expected: "version's" },
    { title: "else the system's", own: undefined, versions: undefined, expected: "registry.example/r.example/os" },
  ])("is $title", ({ own, versions, expected }) => {
    const image = osImage({ ...named, ...(own ? { upgradeContainer: own } : {}) });
    const of = { ...version, spec: { ...version.spec, ...(versions ? { upgradeContainer: versions } : {}) } };
    expect(planOf(image, of, "registry.example").spec.upgrade.image).toBe(expected);
  });

  test("takes the image's osImage before the version's, whatever the version's type", () => {
    const iso = { ...version, spec: { ...version.spec, type: "iso" } };
    expect(planOf(osImage({ ...named, osImage: "r/i:1" }), iso).spec).toMatchObject({
      version: "1",
      upgrade: { image: "r/i" },
    });
  });
});

describe("what a user must mend", () => {
  const targets = { clusterTargets: [{ clusterName: "c" }] };
  const iso = { ...version, spec: { type: "iso", metadata: { uri: "x" } } };
  const bare = { ...version, spec: { type: "container" } };

  test.each([
    {
      title: "C-114 targets in fleet-local",
      image: osImage({ osImage: "r/i", ...targets }, { namespace: "fleet-local" }),
      of: undefined,
      message: "spec.targets should be empty if in the fleet-local namespace",
    },
    {
      title: "C-112 a version of type iso",
      image: osImage({ managedOSVersionName: "v1" }),
      of: iso,
      message: "ManagedOsVersion v1 is not of a container type: iso",
    },
    {
      title: "a version that does not exist",
      image: osImage({ managedOSVersionName: "v9" }),
      of: undefined,
      message: "ManagedOSVersion v9 does not exist in this namespace",
    },
    {
      title: "a version without image",
      image: osImage({ managedOSVersionName: "v1" }),
      of: bare,
      message: "ManagedOSVersion v1 has no metadata.upgradeImage",
    },
    {
      title: "no image at all",
      image: osImage(),
      of: undefined,
      message: "neither spec.osImage nor spec.managedOSVersionName is set",
    },
    {
      title: "C-010 a cloud-config that is text",
      image: osImage({ osImage: "r/i", cloudConfig: "x" }),
      of: undefined,
      message: "spec.cloudConfig is not an object",
    },
  ])("$title", ({ image, of, message }) => {
    expect(() => desiredBundle(image, of, "")).toThrow(
      expect.objectContaining({ code: "InvalidManagedOSImage", message }),
    );
  });
});

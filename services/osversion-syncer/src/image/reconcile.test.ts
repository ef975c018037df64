import type { Bundle, ManagedOSImage } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { channel, now, osImage, secondsAgo, versionOf } from "../testing/objects.ts";
import { desiredBundle } from "./desired.ts";
import { type ObservedImage, reconcileImage } from "./reconcile.ts";

const settings = { defaultRegistry: "" };
const image = osImage({ osImage: "r/i:1", clusterTargets: [{ clusterName: "c" }] });
const version = versionOf(channel(), "v1");

function decide(observed: Partial<ObservedImage> = {}) {
  return reconcileImage(
    { image, version: undefined, bundle: undefined, servesBundles: true, images: [], ...observed },
    now,
    settings,
  );
}

/** The Bundle as Fleet stores it. */
function deployed(of: ManagedOSImage, conditions?: NonNullable<Bundle["status"]>["conditions"]): Bundle {
  return { ...desiredBundle(of, versionNamed(of), ""), ...(conditions ? { status: { conditions } } : {}) };
}

function versionNamed({ spec }: ManagedOSImage) {
  return spec?.managedOSVersionName ? versionOf(channel(), spec.managedOSVersionName) : undefined;
}

const created = { type: "FleetBundleCreation", status: "True", reason: "FleetBundleCreateSuccess" };

test("C-111 creates the Bundle and says so", () => {
  const outcome = decide();
  expect(outcome.operations).toMatchObject([{ kind: "create", object: { metadata: { name: "mos-upgrade" } } }]);
  expect(outcome.status?.conditions).toMatchObject([created]);
});

test("a settled image writes nothing", () => {
  const { status } = decide({ bundle: deployed(image) });
  const later = new Date(now.getTime() + 1000);
  const observed = {
    image: { ...image, status },
    version: undefined,
    bundle: deployed(image),
    servesBundles: true,
    images: [],
  };
  expect(reconcileImage(observed, later, settings)).toEqual({ operations: [], status });
});

test("brings a Bundle up to date that differs", () => {
  const bundle = deployed(osImage({ osImage: "r/i:0", clusterRolloutStrategy: {} }));
  const { operations } = decide({ bundle });
  expect(operations).toMatchObject([{ kind: "patch", key: { namespace: "fleet-default", name: "mos-upgrade" } }]);
  expect(operations?.[0]).toHaveProperty("patch.body", [
    { op: "add", path: "/spec/resources", value: deployed(image).spec.resources },
    { op: "remove", path: "/spec/rolloutStrategy" },
    { op: "add", path: "/spec/targets", value: [{ clusterName: "c" }] },
  ]);
});

test("owns the Bundle of a restored image again", () => {
  const bundle = deployed({ ...image, metadata: { ...image.metadata, uid: "former" } });
  expect(decide({ bundle }).operations).toMatchObject([
    { patch: { body: [{ path: "/metadata/ownerReferences", value: [{ uid: "image-uid" }] }] } },
  ]);
});

test("never touches a Bundle of somebody else", () => {
  const bundle = { ...deployed(image), metadata: { namespace: "fleet-default", name: "mos-upgrade" } };
  const { operations, status, events, requeueAfterMs } = decide({ bundle });
  expect(operations).toEqual([]);
  const message = "Bundle mos-upgrade is there already and not of this image";
  expect(status?.conditions).toMatchObject([{ status: "False", reason: "FleetBundleCreateFailure", message }]);
  expect(events).toEqual([{ type: "Warning", reason: "FleetBundleCreateFailure", message }]);
  expect(requeueAfterMs).toBe(60_000);
});

test("C-112 C-114 what a user must mend is a condition, and no Bundle is written", () => {
  const iso = { ...version, spec: { type: "iso" } };
  const named = osImage(
    { managedOSVersionName: "v1" },
    { labels: { "elemental.cattle.io/managed-os-version-name": "v1" } },
  );
  const { operations, status } = decide({ image: named, version: iso });
  expect(operations).toEqual([]);
  const message = "ManagedOsVersion v1 is not of a container type: iso";
  expect(status?.conditions).toMatchObject([{ type: "FleetBundleCreation", status: "False", message }]);
});

describe("the label that names the version", () => {
  const labelled = (name: string, label?: string) =>
    osImage(
      { osImage: "r/i:1", managedOSVersionName: name },
      label ? { labels: { "elemental.cattle.io/managed-os-version-name": label } } : {},
    );
  const long = "v".repeat(64);

  test.each([
    { title: "is set", of: labelled("v1"), value: "v1" },
    { title: "follows", of: labelled("v1", "v0"), value: "v1" },
    {
      title: "goes when no version is named",
      of: osImage({ osImage: "r/i" }, { labels: { "elemental.cattle.io/managed-os-version-name": "v0" } }),
      named: undefined,
      value: null,
    },
    {
      title: "goes when the version has a name too long for a label",
      of: labelled(long, "v0"),
      named: versionOf(channel(), long),
      value: null,
    },
  ])("$title", ({ of, value }) => {
    const [label] = decide({ image: of, version: versionNamed(of), bundle: deployed(of) }).operations ?? [];
    const body = { metadata: { labels: { "elemental.cattle.io/managed-os-version-name": value } } };
    expect(label).toMatchObject({ kind: "patch", type: { kind: "ManagedOSImage" }, patch: { type: "merge", body } });
  });

  test("is left as it is when right", () => {
    const of = labelled("v1", "v1");
    expect(decide({ image: of, version, bundle: deployed(of) }).operations).toEqual([]);
  });
});

describe("C-115 the conditions of the Bundle", () => {
  test("are the image's own, completed where Fleet leaves something out, Ready last", () => {
    const bundle = deployed(image, [
      { type: "Ready", status: "False", message: "x" },
      { type: "", status: "", reason: "not a reason" },
      { type: "Processed", status: "True", reason: "Done" },
    ]);
    expect(decide({ bundle }).status?.conditions).toMatchObject([
      created,
      { type: "UnknownType", status: "Unknown", reason: "UnknownReason", message: "" },
      { type: "Processed", status: "True", reason: "Done" },
      { type: "Ready", status: "False", reason: "UnknownReason", message: "x", observedGeneration: 1 },
    ]);
  });

  test("go with those of the Bundle", () => {
    const stale = {
      type: "Processed",
      status: "True" as const,
      reason: "Done",
      message: "",
      lastTransitionTime: secondsAgo(60),
    };
    const of = { ...image, status: { conditions: [stale] } };
    expect(decide({ image: of, bundle: deployed(image, []) }).status?.conditions).toMatchObject([created]);
  });
});

describe("images whose objects have the same names in a cluster", () => {
  const dotted = (cluster: object, more: object = {}) =>
    osImage(
      { osImage: "r/i", clusterTargets: [cluster] },
      { name: "a.b", uid: "1", creationTimestamp: secondsAgo(60), ...more },
    );
  const younger = osImage(
    { osImage: "r/i", clusterTargets: [{ clusterName: "c" }] },
    { name: "a-b", uid: "2", creationTimestamp: secondsAgo(30) },
  );

  test.each([
    { title: "the same cluster", older: dotted({ clusterName: "c" }), collides: true },
    { title: "clusters chosen by label", older: dotted({ clusterSelector: {} }), collides: true },
    {
      title: "another workspace that may share it",
      older: dotted({ clusterName: "c" }, { namespace: "team" }),
      collides: true,
    },
    { title: "another cluster", older: dotted({ clusterName: "d" }), collides: false },
    { title: "the management cluster", older: dotted({}, { namespace: "fleet-local" }), collides: false },
  ])("$title: the younger one is refused: $collides", ({ older, collides }) => {
    const message = `ManagedOSImage ${older.metadata.namespace}/a.b has objects of the same names for the same clusters`;
    const refused = { status: "False", message };
    const [condition] = decide({ image: younger, images: [older, younger] }).status?.conditions ?? [];
    expect(condition).toMatchObject(collides ? refused : { status: "True" });
    const [ofOlder] = decide({ image: older, images: [older, younger] }).status?.conditions ?? [];
    expect(ofOlder?.message).not.toBe(message);
  });
});

test("says where Fleet is missing, once, and looks again", () => {
  const first = decide({ servesBundles: false });
  expect(first.operations).toEqual([]);
  const message = "Fleet is not installed: this API server has no Bundles (fleet.cattle.io)";
  expect(first).toMatchObject({ status: { conditions: [{ status: "False", message }] }, events: [{ message }] });
  const again = decide({ image: { ...image, status: first.status }, servesBundles: false });
  expect(again).toEqual({ operations: [], status: first.status, events: [], requeueAfterMs: 60_000 });
});

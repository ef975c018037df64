import type { ManagedOSImage } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { channel, osImage, secondsAgo, versionOf } from "../testing/objects.ts";
import { imageSource, reconcileVersion } from "./controller.ts";

const version = versionOf(channel(), "v1");
const deleted = { ...version, metadata: { ...version.metadata, deletionTimestamp: secondsAgo(1) } };

describe("C-110 a version that is being deleted", () => {
  test("is held while images use it", () => {
    expect(reconcileVersion({ version: deleted, usedBy: ["a", "b"] })).toEqual({
      events: [{ type: "Warning", reason: "InUse", message: "in use by ManagedOSImages a, b, deleted once they are" }],
    });
  });

  test("goes when none uses it", () => {
    expect(reconcileVersion({ version: deleted, usedBy: [] })).toEqual({ finalized: true });
  });

  test("is left alone before", () => {
    expect(reconcileVersion({ version, usedBy: ["a"] })).toEqual({});
  });
});

describe("C-110 a change of an image concerns", () => {
  const using = (name?: string): ManagedOSImage => osImage(name ? { managedOSVersionName: name } : {});

  test.each([
    { title: "its version when it is new", previous: undefined, current: using("v1"), names: ["v1"] },
    { title: "its version when it is gone", previous: using("v1"), current: undefined, names: ["v1"] },
    {
      title: "both versions when it points elsewhere",
      previous: using("v1"),
      current: using("v2"),
      names: ["v1", "v2"],
    },
    { title: "its former version when it names none any more", previous: using("v1"), current: using(), names: ["v1"] },
    {
      title: "its version once when anything else changed",
      previous: using("v1"),
      current: using("v1"),
      names: ["v1"],
    },
    { title: "none when it names none", previous: using(), current: using(), names: [] },
  ])("$title", ({ previous, current, names }) => {
    const keys = imageSource.keysFor({ previous, current });
    expect(keys).toEqual(names.map((name) => ({ namespace: "fleet-default", name })));
  });
});

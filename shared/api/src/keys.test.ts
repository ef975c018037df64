import { describe, expect, test } from "vitest";
import { controllerOf, controllerOwnerReference, formatKey, isControlledBy, objectKey, parseKey } from "./keys.ts";
import { type MachineInventory, machineInventories } from "./kinds/machine-inventory.ts";

const owner: MachineInventory = {
  apiVersion: "elemental.cattle.io/v1beta1",
  kind: "MachineInventory",
  metadata: { namespace: "fleet-default", name: "m-1", uid: "u-1" },
};

describe("keys", () => {
  test.each([
    { text: "fleet-default/m-1", key: { namespace: "fleet-default", name: "m-1" } },
    { text: "/server-url", key: { namespace: "", name: "server-url" } },
  ])("$text and its key are the same", ({ text, key }) => {
    expect(parseKey(text)).toEqual(key);
    expect(formatKey(key)).toBe(text);
  });

  test.each(["", "name", "a/", "/", "a/b/c"])("%j is no key", (text) => {
    expect(() => parseKey(text)).toThrow(TypeError);
  });

  test("objectKey of a cluster-scoped object has no namespace", () => {
    expect(objectKey({ apiVersion: "v1", kind: "Namespace", metadata: { name: "x" } })).toEqual({
      namespace: "",
      name: "x",
    });
  });
});

describe("owner references", () => {
  const reference = {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineInventory",
    name: "m-1",
    uid: "u-1",
    controller: true,
  };

  test("name the controller", () => {
    expect(controllerOwnerReference(owner, machineInventories)).toEqual(reference);
  });

  test("need an owner that was created", () => {
    const draft = { ...owner, metadata: { namespace: "fleet-default", name: "m-1" } };
    expect(() => controllerOwnerReference(draft, machineInventories)).toThrow(
      "MachineInventory fleet-default/m-1 has no UID",
    );
  });

  test.each([
    { title: "its controller", references: [reference], expected: true },
    { title: "an owner that does not control it", references: [{ ...reference, controller: false }], expected: false },
    {
      title: "a controller of the same name but another UID",
      references: [{ ...reference, uid: "u-0" }],
      expected: false,
    },
    { title: "nobody", references: [], expected: false },
  ])("an object owned by $title", ({ references, expected }) => {
    const child = { apiVersion: "v1", kind: "Secret", metadata: { name: "m-1", ownerReferences: references } };
    expect(isControlledBy(child, owner)).toBe(expected);
    expect(controllerOf(child)?.uid).toBe(references.find(({ controller }) => controller)?.uid);
  });
});

import { expect, test } from "vitest";
import { prefixRegistry } from "./registry.ts";

const container = (upgradeImage?: unknown) => ({ type: "container", metadata: { displayName: "x", upgradeImage } });

test.each([
  { registry: "", spec: container("img"), expected: { upgradeImage: "img" } },
  { registry: "r.io", spec: container("img"), expected: { upgradeImage: "r.io/img" } },
  { registry: "r.io/", spec: container("img"), expected: { upgradeImage: "r.io/img" } },
  { registry: "r.io/", spec: container("/img"), expected: { upgradeImage: "r.io/img" } },
  { registry: "r.io", spec: { type: "ISO", metadata: { uri: "img:1" } }, expected: { uri: "r.io/img:1" } },
  {
    registry: "r.io",
    spec: { type: "container", metadata: { UpgradeImage: "img" } },
    expected: { UpgradeImage: "r.io/img" },
  },
])("C-107 registry $registry before $spec.metadata", ({ registry, spec, expected }) => {
  const result = prefixRegistry(spec, registry);
  expect(result.spec.metadata).toMatchObject(expected);
  expect(Object.keys(result.spec.metadata as object)).toEqual(Object.keys(spec.metadata));
  expect(result.warning).toBeUndefined();
});

test.each([
  { title: "without metadata", spec: { type: "container" } },
  { title: "without image", spec: container() },
  { title: "with an image that is no text", spec: container(7) },
  { title: "with a URL", spec: { type: "iso", metadata: { uri: "HTTPS://example.com/a.iso" } } },
])("a version $title stays as it is, with a warning", ({ spec }) => {
  const result = prefixRegistry(spec, "r.io");
  expect(result.spec).toBe(spec);
  expect(result.warning).toMatch(/no registry added$/);
});

import { expect, test } from "vitest";
import { baseKind } from "./base-image.ts";
import { outputName } from "./output-name.ts";
import { quantityValue } from "./quantity.ts";

test.each([
  ["https://host/base.iso", "url"],
  ["http://host/base.iso", "url"],
  ["http-registry:5000/os/iso:1", "image"],
  ["httpd:latest", "image"],
  ["registry/os/iso:1", "image"],
  ["/srv/base.iso", "file"],
  ["file:///srv/base.iso", "file"],
  ["", "image"],
] as const)("base image %s is a %s", (text, kind) => {
  expect(baseKind(text)).toBe(kind);
});

test("an image is named after its registration and the time of its build, without colons", () => {
  expect(outputName("fire-nodes", "iso", new Date("2026-01-31T10:20:30.999Z"))).toBe("fire-nodes-20260131T102030Z.iso");
});

test.each([
  [6442450944, 6442450944],
  ["6442450944", 6442450944],
  ["6Gi", 6442450944],
  ["6G", 6e9],
  ["1.5Ki", 1536],
  [".5k", 500],
  ["1e3", 1000],
  ["1500m", 2],
  ["2E", 2e18],
  ["six", undefined],
  ["6Gb", undefined],
  ["", undefined],
])("quantity %s is %s", (quantity, value) => {
  expect(quantityValue(quantity)).toBe(value);
});

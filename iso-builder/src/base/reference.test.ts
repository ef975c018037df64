import { expect, test } from "vitest";
import { baseReference } from "./reference.ts";

test.each([
  ["https://host/base.iso", { kind: "url", url: "https://host/base.iso" }],
  ["HTTP://host/base.iso", { kind: "url", url: "HTTP://host/base.iso" }],
  ["httpd:latest", { kind: "image" }],
  ["http-registry:5000/os/iso:1", { kind: "image" }],
  ["registry.example/os/iso:1", { kind: "image" }],
  ["ftp://host/base.iso", { kind: "image" }],
  ["/srv/base.iso", { kind: "file", path: "/srv/base.iso" }],
  ["file:///srv/a%20b.iso", { kind: "file", path: "/srv/a b.iso" }],
])("CLI-76 %s", (text, reference) => {
  expect(baseReference(text)).toEqual(reference);
});

import { expect, test } from "vitest";
import { parseResourcePath } from "./request-info.ts";

const path = (parts: Partial<ReturnType<typeof parseResourcePath>>) => ({
  group: "",
  version: "v1",
  plural: "",
  namespace: "",
  name: "",
  subresource: "",
  ...parts,
});

test.each([
  ["/api/v1/namespaces", path({ plural: "namespaces" })],
  ["/api/v1/namespaces/n", path({ plural: "namespaces", name: "n" })],
  ["/api/v1/namespaces/n/status", path({ plural: "namespaces", name: "n", subresource: "status" })],
  ["/api/v1/namespaces/n/finalize", path({ plural: "namespaces", name: "n", subresource: "finalize" })],
  ["/api/v1/namespaces/n/secrets", path({ plural: "secrets", namespace: "n" })],
  ["/api/v1/namespaces/n/secrets/s", path({ plural: "secrets", namespace: "n", name: "s" })],
  ["/api/v1/namespaces/n/pods/p/log", path({ plural: "pods", namespace: "n", name: "p", subresource: "log" })],
  ["/api/v1/secrets/", path({ plural: "secrets" })],
  ["/apis/g.example.com/v1/things/a%3Ab", path({ group: "g.example.com", plural: "things", name: "a:b" })],
  ["/apis/g.example.com/v1", path({ group: "g.example.com" })],
  ["/apis", undefined],
  ["/metrics", undefined],
])("%s", (text, expected) => {
  expect(parseResourcePath(text)).toEqual(expected);
});

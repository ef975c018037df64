import { expect, test } from "vitest";
import { negotiate } from "./accept.ts";

const tables = ({ kind, version }: { kind: string; version: string }) => kind === "Table" && version === "v1";
const table = { kind: "Table", group: "meta.k8s.io", version: "v1" };

test.each([
  [undefined, { format: "json" }],
  ["*/*", { format: "json" }],
  ["application/json", { format: "json" }],
  ["application/yaml", { format: "yaml" }],
  ["application/vnd.kubernetes.protobuf,application/json", { format: "json" }],
  ["application/json;q=0.4, application/yaml;q=0.9", { format: "yaml" }],
  ["application/json;as=Table;v=v1;g=meta.k8s.io,application/json", { format: "json", as: table }],
  ["application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", { format: "json" }],
  ["application/json;as=Table;v=v1beta1;g=meta.k8s.io", undefined],
  ["text/html", undefined],
])("%s", (header, representation) => {
  expect(negotiate(header, tables)).toEqual(representation);
});

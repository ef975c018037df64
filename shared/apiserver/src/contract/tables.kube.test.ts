import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Body, get, mergePatch, newNamespace, post } from "../testing/api.ts";
import { watch } from "../testing/watch.ts";
import { installWidgets, type WidgetKind } from "../testing/widgets.ts";

const table = { accept: "application/json;as=Table;v=v1;g=meta.k8s.io,application/json" };
const metadataOf = (kind: string) => ({ accept: `application/json;as=${kind};v=v1;g=meta.k8s.io` });

let kind: WidgetKind;
let namespace: string;

beforeAll(async () => {
  kind = await installWidgets();
});

beforeEach(async () => {
  namespace = await newNamespace();
});

const columns = (body: Body): string[] =>
  body.columnDefinitions.map(({ name, priority }: Body) => `${name}${priority ? "*" : ""}`);

describe("tables", () => {
  test("of a custom kind: its columns, cells by their type, metadata of each object", async () => {
    const widgets = kind.path(namespace);
    await post(widgets, kind.widget("w", { size: 3 }));
    const { body } = await get(widgets, table);
    expect(body).toMatchObject({
      kind: "Table",
      apiVersion: "meta.k8s.io/v1",
      metadata: { resourceVersion: expect.any(String) },
    });
    expect(columns(body)).toEqual(["Name", "Size", "Phase*", "Age"]);
    expect(body.rows).toHaveLength(1);
    expect(body.rows[0].cells).toEqual(["w", 3, null, expect.stringMatching(/^\d+s$/)]);
    expect(body.rows[0].object).toMatchObject({ kind: "PartialObjectMetadata", metadata: { name: "w" } });
    expect(body.rows[0].object.spec).toBeUndefined();
    await mergePatch(`${widgets}/w/status`, { status: { phase: "Up" } });
    const { body: single } = await get(`${widgets}/w`, table);
    expect(single.rows[0].cells.slice(0, 3)).toEqual(["w", 3, "Up"]);
  });

  test("includeObject", async () => {
    const widgets = kind.path(namespace);
    await post(widgets, kind.widget("w", { size: 3 }));
    expect((await get(`${widgets}?includeObject=Object`, table)).body.rows[0].object.spec.size).toBe(3);
    expect((await get(`${widgets}?includeObject=None`, table)).body.rows[0].object ?? null).toBeNull();
    expect((await get(`${widgets}?includeObject=Nonsense`, table)).status).toBe(400);
  });

  test.each([
    ["configmaps", ["Name", "Data", "Age"]],
    ["secrets", ["Name", "Type", "Data", "Age"]],
    ["services", ["Name", "Type", "Cluster-IP", "External-IP", "Port(s)", "Age", "Selector*"]],
    ["pods", ["Name", "Ready", "Status", "Restarts", "Age", "IP*", "Node*", "Nominated Node*", "Readiness Gates*"]],
    ["serviceaccounts", ["Name", "Secrets", "Age"]],
    [
      "events",
      ["Last Seen", "Type", "Reason", "Object", "Subobject*", "Source*", "Message", "First Seen*", "Count*", "Name*"],
    ],
  ])("of %s", async (plural, expected) => {
    expect(columns((await get(`/api/v1/namespaces/${namespace}/${plural}`, table)).body)).toEqual(expected);
  });

  test("of namespaces, roles and definitions", async () => {
    expect(columns((await get("/api/v1/namespaces", table)).body)).toEqual(["Name", "Status", "Age"]);
    const rbac = "/apis/rbac.authorization.k8s.io/v1";
    expect(columns((await get(`${rbac}/clusterroles`, table)).body)).toEqual(["Name", "Created At"]);
    expect(columns((await get(`${rbac}/namespaces/${namespace}/rolebindings`, table)).body)).toEqual([
      "Name",
      "Role",
      "Age",
      "Users*",
      "Groups*",
      "ServiceAccounts*",
    ]);
    expect(columns((await get("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", table)).body)).toEqual([
      "Name",
      "Created At",
    ]);
  });

  test("in a watch: columns once, a row per event", async () => {
    const widgets = kind.path(namespace);
    await post(widgets, kind.widget("w", { size: 3 }));
    const stream = await watch(widgets, table);
    const first = await stream.next();
    expect([first.type, columns(first.object), first.object.rows[0].cells[1]]).toEqual([
      "ADDED",
      ["Name", "Size", "Phase*", "Age"],
      3,
    ]);
    await mergePatch(`${widgets}/w`, { spec: { size: 4 } });
    const second = await stream.next();
    expect([second.type, second.object.columnDefinitions, second.object.rows[0].cells[1]]).toEqual([
      "MODIFIED",
      null,
      4,
    ]);
    stream.close();
  });
});

describe("metadata only", () => {
  test("of one object and of a list", async () => {
    const widgets = kind.path(namespace);
    await post(widgets, kind.widget("w", { size: 3 }));
    const { body } = await get(`${widgets}/w`, metadataOf("PartialObjectMetadata"));
    expect(body).toMatchObject({
      kind: "PartialObjectMetadata",
      apiVersion: "meta.k8s.io/v1",
      metadata: { name: "w" },
    });
    expect(body.spec).toBeUndefined();
    const { body: list } = await get(widgets, metadataOf("PartialObjectMetadataList"));
    expect([list.kind, list.items[0].kind]).toEqual(["PartialObjectMetadataList", "PartialObjectMetadata"]);
  });
});

describe("media types", () => {
  test("YAML", async () => {
    const { headers, text } = await get(`/api/v1/namespaces/${namespace}`, { accept: "application/yaml" });
    expect([headers["content-type"], text]).toEqual(["application/yaml", expect.stringContaining("kind: Namespace\n")]);
  });

  test("protobuf is not insisted on; anything else -> 406", async () => {
    const path = `/api/v1/namespaces/${namespace}`;
    expect((await get(path, { accept: "text/html" })).status).toBe(406);
    expect((await get(path, { accept: "application/json;q=0.5,*/*;q=0.1" })).body.kind).toBe("Namespace");
  });

  test("pretty", async () => {
    expect((await get(`/api/v1/namespaces/${namespace}?pretty=true`)).text).toContain('\n  "kind": "Namespace"');
  });
});

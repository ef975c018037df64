import { describe, expect, test } from "vitest";
import { type Body, del, eventually, get, mergePatch, newNamespace, post } from "../testing/api.ts";
import { definitions, established, installWidgets, newGroup, widgetDefinition } from "../testing/widgets.ts";

type Change = (definition: Body, properties: Body) => void;

/** A definition with one thing changed. */
function changed(change: Change): Body {
  const definition = structuredClone(widgetDefinition(newGroup()));
  change(definition, definition.spec.versions[0].schema.openAPIV3Schema.properties);
  return definition;
}

const list = (extra: object) => ({
  type: "array",
  items: { type: "object", properties: { k: { type: "string" } } },
  ...extra,
});

describe("definitions that are refused", () => {
  const version = (definition: Body): Body => definition.spec.versions[0];
  test.each<[string, string, Change]>([
    ["a name that is not PLURAL.GROUP", "metadata.name", (d) => (d.metadata.name = "x")],
    ["no scope", "spec.scope", (d) => delete d.spec.scope],
    ["an unknown scope", "spec.scope", (d) => (d.spec.scope = "Galaxy")],
    ["a bad short name", "spec.names.shortNames[0]", (d) => (d.spec.names.shortNames = ["Bad_"])],
    ["the same kind and list kind", "spec.names.listKind", (d) => (d.spec.names.listKind = "Widget")],
    ["no version", "spec.versions", (d) => (d.spec.versions = [])],
    ["two storage versions", "spec.versions", (d) => d.spec.versions.push({ ...version(d), name: "v2" })],
    ["no schema", "spec.versions[0].schema.openAPIV3Schema", (d) => delete version(d).schema],
    [
      "no type at the root",
      "spec.validation.openAPIV3Schema.type",
      (d) => delete version(d).schema.openAPIV3Schema.type,
    ],
    ["a field without type", "spec.validation.openAPIV3Schema.properties[spec].type", (_, p) => (p.spec = {})],
    ["an unknown type", "spec.validation.openAPIV3Schema.properties[spec].type", (_, p) => (p.spec = { type: "foo" })],
    [
      "a list without items",
      "spec.validation.openAPIV3Schema.properties[spec].items",
      (_, p) => (p.spec = { type: "array" }),
    ],
    [
      "a list of type map without keys",
      "spec.validation.openAPIV3Schema.properties[spec].x-kubernetes-list-map-keys",
      (_, p) => (p.spec = list({ "x-kubernetes-list-type": "map" })),
    ],
    [
      "an optional key",
      "spec.validation.openAPIV3Schema.properties[spec].items.properties[k].default",
      (_, p) => (p.spec = list({ "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["k"] })),
    ],
    [
      "a default of the wrong type",
      "spec.validation.openAPIV3Schema.properties[spec].properties[a].default",
      (_, p) => (p.spec = { type: "object", properties: { a: { type: "string", default: 5 } } }),
    ],
    [
      "a default with unknown fields",
      "spec.validation.openAPIV3Schema.properties[spec].properties[a].default",
      (_, p) => (p.spec = { type: "object", properties: { a: { type: "object", default: { x: 1 } } } }),
    ],
    [
      "a bad pattern",
      "spec.validation.openAPIV3Schema.properties[spec].pattern",
      (_, p) => (p.spec = { type: "string", pattern: "(" }),
    ],
    [
      "a type inside of anyOf",
      "spec.validation.openAPIV3Schema.properties[spec].anyOf[0].type",
      (_, p) => (p.spec = { type: "object", anyOf: [{ type: "object" }] }),
    ],
    [
      "a schema of metadata",
      "spec.validation.openAPIV3Schema.properties[metadata]",
      (_, p) => (p.metadata = { type: "object", properties: { foo: { type: "string" } } }),
    ],
    [
      "a bad column",
      "spec.additionalPrinterColumns[0].JSONPath",
      (d) => (version(d).additionalPrinterColumns[0].jsonPath = "a["),
    ],
    ["an unknown conversion", "spec.conversion.strategy", (d) => (d.spec.conversion = { strategy: "Magic" })],
  ])("%s", async (_what, field, change) => {
    const { status, body } = await post(definitions, changed(change));
    expect([status, body.reason]).toEqual([422, "Invalid"]);
    expect(body.details.causes.map((cause: Body) => cause.field)).toContain(field);
  });
});

describe("establishment", () => {
  test("names are accepted and completed, and the kind is served", async () => {
    const { crd, path, widget } = await installWidgets();
    const { status } = await established(crd);
    expect(status.acceptedNames).toMatchObject({
      plural: "widgets",
      singular: "widget",
      kind: "Widget",
      listKind: "WidgetList",
    });
    expect(status.storedVersions).toEqual(["v1"]);
    expect(status.conditions).toMatchObject([
      { type: "NamesAccepted", status: "True", reason: "NoConflicts" },
      { type: "Established", status: "True", reason: "InitialNamesAccepted" },
    ]);
    expect((await post(path(await newNamespace()), widget("w", { size: 1 }))).status).toBe(201);
  });

  test("a name that is taken in the group is not accepted, and nothing is served", async () => {
    const { group } = await installWidgets();
    const second = widgetDefinition(group);
    second.metadata.name = `things.${group}`;
    second.spec.names = { plural: "things", kind: "Widget" };
    await post(definitions, second);
    const { body } = await eventually("names are judged", async () => {
      const answer = await get(`${definitions}/things.${group}`);
      return answer.body.status.conditions?.length > 0 && answer;
    });
    expect(body.status.conditions).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          type: "NamesAccepted",
          status: "False",
          reason: expect.stringMatching(/KindConflict$/),
        }),
        expect.objectContaining({ type: "Established", status: "False", reason: "NotAccepted" }),
      ]),
    );
    expect((await get(`/apis/${group}/v1/things`)).status).toBe(404);
  });

  test("its scope stays", async () => {
    const { crd } = await installWidgets();
    const { status, body } = await mergePatch(`${definitions}/${crd}`, { spec: { scope: "Cluster" } });
    expect([status, body.details.causes[0]]).toEqual([422, expect.objectContaining({ field: "spec.scope" })]);
  });
});

describe("versions", () => {
  test("an object is shown in each served version; a version that is no longer served is gone", async () => {
    const { crd, group, path, widget } = await installWidgets();
    const { body } = await get(`${definitions}/${crd}`);
    const second = { ...body.spec.versions[0], name: "v2", storage: false };
    await mergePatch(`${definitions}/${crd}`, { spec: { versions: [...body.spec.versions, second] } });
    const namespace = await newNamespace();
    await post(path(namespace), widget("w", { size: 2 }));
    const inSecond = `/apis/${group}/v2/namespaces/${namespace}/widgets/w`;
    const answer = await eventually("v2 is served", async () => {
      const found = await get(inSecond);
      return found.status === 200 && found;
    });
    expect(answer.body).toMatchObject({ apiVersion: `${group}/v2`, spec: { size: 2 } });
    await mergePatch(`${definitions}/${crd}`, {
      spec: { versions: [...body.spec.versions, { ...second, served: false }] },
    });
    await eventually("v2 is no longer served", async () => (await get(inSecond)).status === 404);
  });
});

describe("deletion", () => {
  test("objects go with their definition; a finalizer of one holds both", async () => {
    const { crd, path, widget } = await installWidgets();
    const widgets = path(await newNamespace());
    const held = widget("held", { size: 1 });
    held.metadata.finalizers = ["example.com/hold"];
    await post(widgets, held);
    await post(widgets, widget("free", { size: 1 }));
    expect((await del(`${definitions}/${crd}`)).status).toBe(200);
    await eventually("the free one is gone", async () => (await get(`${widgets}/free`)).status === 404);
    expect((await get(`${definitions}/${crd}`)).body.metadata.deletionTimestamp).toBeDefined();
    await mergePatch(`${widgets}/held`, { metadata: { finalizers: null } });
    await eventually("the definition is gone", async () => (await get(`${definitions}/${crd}`)).status === 404);
    await eventually("nothing is served", async () => (await get(widgets)).status === 404);
  });
});

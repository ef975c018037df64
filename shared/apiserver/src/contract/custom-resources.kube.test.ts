import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Body, get, mergePatch, newNamespace, post, put } from "../testing/api.ts";
import { installWidgets, type WidgetKind } from "../testing/widgets.ts";

let kind: WidgetKind;
let widgets: string;

beforeAll(async () => {
  kind = await installWidgets();
});

beforeEach(async () => {
  widgets = kind.path(await newNamespace());
});

describe("validation", () => {
  test.each([
    ["a missing field", {}, "spec.size", "FieldValueRequired", "Required value"],
    [
      "below the minimum",
      { size: 0 },
      "spec.size",
      "FieldValueInvalid",
      "Invalid value: 0: spec.size in body should be greater than or equal to 1",
    ],
    [
      "above the maximum",
      { size: 11 },
      "spec.size",
      "FieldValueInvalid",
      "Invalid value: 11: spec.size in body should be less than or equal to 10",
    ],
    [
      "a wrong type",
      { size: "x" },
      "spec.size",
      "FieldValueTypeInvalid",
      'Invalid value: "string": spec.size in body must be of type integer: "string"',
    ],
    [
      "a fraction",
      { size: 1.5 },
      "spec.size",
      "FieldValueTypeInvalid",
      'Invalid value: "number": spec.size in body must be of type integer: "number"',
    ],
    [
      "outside the enum",
      { size: 3, color: "green" },
      "spec.color",
      "FieldValueNotSupported",
      'Unsupported value: "green": supported values: "red", "blue"',
    ],
    [
      "against the pattern",
      { size: 3, name: "Abc" },
      "spec.name",
      "FieldValueInvalid",
      "Invalid value: \"Abc\": spec.name in body should match '^[a-z]+$'",
    ],
    [
      "too short",
      { size: 3, name: "a" },
      "spec.name",
      "FieldValueInvalid",
      'Invalid value: "a": spec.name in body should be at least 2 chars long',
    ],
    [
      "too long",
      { size: 3, name: "abcdefg" },
      "spec.name",
      "FieldValueTooLong",
      "Too long: may not be more than 5 bytes",
    ],
    [
      "int-or-string",
      { size: 3, port: true },
      "spec.port",
      "FieldValueTypeInvalid",
      'Invalid value: "boolean": spec.port in body must be of type integer,string: "boolean"',
    ],
    [
      "format",
      { size: 3, when: "x" },
      "spec.when",
      "FieldValueTypeInvalid",
      'Invalid value: "x": spec.when in body must be of type date-time: "x"',
    ],
    [
      "too few items",
      { size: 3, tags: [] },
      "spec.tags",
      "FieldValueInvalid",
      "Invalid value: 0: spec.tags in body should have at least 1 items",
    ],
    [
      "too many items",
      { size: 3, tags: ["a", "b", "c", "d"] },
      "spec.tags",
      "FieldValueTooMany",
      "Too many: 4: must have at most 3 items",
    ],
    ["twice in a set", { size: 3, tags: ["a", "a"] }, "spec.tags[1]", "FieldValueDuplicate", 'Duplicate value: "a"'],
    [
      "twice the key",
      { size: 3, items: [{ key: "a" }, { key: "a" }] },
      "spec.items[1]",
      "FieldValueDuplicate",
      'Duplicate value: {"key":"a"}',
    ],
    ["inside a list", { size: 3, items: [{ value: 1 }] }, "spec.items[0].key", "FieldValueRequired", "Required value"],
    [
      "inside a map",
      { size: 3, map: { a: "x" } },
      "spec.map.a",
      "FieldValueTypeInvalid",
      'Invalid value: "string": spec.map.a in body must be of type integer: "string"',
    ],
    [
      "too many properties",
      { size: 3, map: { a: 1, b: 2, c: 3 } },
      "spec.map",
      "FieldValueTooMany",
      "Too many: 3: must have at most 2 items",
    ],
    [
      "an embedded resource without kind",
      { size: 3, embedded: { apiVersion: "v1" } },
      "spec.embedded.kind",
      "FieldValueRequired",
      "Required value",
    ],
    [
      "beyond 64 bits",
      `{"size": 3, "seed": 9223372036854775808}`,
      "spec.seed",
      "FieldValueTypeInvalid",
      'Invalid value: "number": spec.seed in body must be of type integer: "number"',
    ],
  ])("%s -> 422", async (...[, spec, field, reason, message]) => {
    const widget = kind.widget("w", {});
    const text = JSON.stringify({ ...widget, spec: "SPEC" }).replace(
      '"SPEC"',
      typeof spec === "string" ? spec : JSON.stringify(spec),
    );
    const { status, body } = await post(widgets, text);
    expect([status, body.reason, body.details.kind, body.details.group]).toEqual([
      422,
      "Invalid",
      "Widget",
      kind.group,
    ]);
    expect(body.details.causes).toEqual([{ reason, message, field }]);
    expect(body.message).toBe(`Widget.${kind.group} "w" is invalid: ${field}: ${message}`);
  });

  test("status is validated where it is written", async () => {
    await post(widgets, kind.widget("w", { size: 3 }));
    const { body } = await mergePatch(`${widgets}/w/status`, { status: { count: "x" } });
    expect([body.code, body.details.causes[0].field]).toEqual([422, "status.count"]);
  });

  test.each([
    ["no kind", { kind: undefined }, 400],
    ["no apiVersion", { apiVersion: undefined }, 400],
    ["another version", { apiVersion: "example.com/v9" }, 400],
    ["another kind", { kind: "Gadget" }, 422],
    ["mistyped labels", { metadata: { name: "w", labels: { a: 1 } } }, 400],
  ])("%s", async (_what, change, status) => {
    expect((await post(widgets, { ...kind.widget("w", { size: 3 }), ...change })).status).toBe(status);
  });
});

describe("defaulting and pruning", () => {
  test("defaults are filled in, nested ones too; nulls give way to them", async () => {
    const { body } = await post(widgets, kind.widget("w", { size: 3, color: null, name: null }));
    expect(body.spec).toEqual({ size: 3, color: "red", nested: { depth: 1 } });
  });

  test("null stays where it is allowed", async () => {
    const { body } = await post(widgets, kind.widget("w", { size: 3, nullable: null }));
    expect(body.spec.nullable).toBeNull();
  });

  test("unknown fields are removed with a warning, kept where the schema says so, refused when strict", async () => {
    const widget = kind.widget("w", { size: 3, nope: 1, any: { what: ["ever"] }, items: [{ key: "a", bad: 2 }] });
    const strict = await post(`${widgets}?fieldValidation=Strict`, widget);
    expect(strict.body.message).toContain(
      'strict decoding error: unknown field "spec.items[0].bad", unknown field "spec.nope"',
    );
    const { body, headers } = await post(widgets, widget);
    expect(body.spec).toMatchObject({ any: { what: ["ever"] }, items: [{ key: "a" }] });
    expect(body.spec.nope).toBeUndefined();
    expect(String(headers.warning)).toContain('unknown field \\"spec.nope\\"');
    const ignored = await post(`${widgets}?fieldValidation=Ignore`, { ...widget, metadata: { name: "x" } });
    expect([ignored.status, ignored.headers.warning]).toEqual([201, undefined]);
  });

  test("duplicate fields are refused when strict", async () => {
    const text = JSON.stringify(kind.widget("w", { size: 3 })).replace('"size":3', '"size":3,"size":4');
    const { status, body } = await post(`${widgets}?fieldValidation=Strict`, text);
    expect([status, body.message]).toEqual([400, expect.stringContaining('duplicate field "spec.size"')]);
  });

  test("over 1.5 MiB -> 500", async () => {
    const { status } = await post(widgets, kind.widget("w", { size: 3, any: { blob: "x".repeat(1_600_000) } }));
    expect(status).toBe(500);
  });

  test("64-bit integers survive", async () => {
    const text = JSON.stringify(kind.widget("w", { size: 3 })).replace(
      '"size":3',
      '"size":3,"seed":9223372036854775807',
    );
    expect((await post(widgets, text)).text).toContain('"seed":9223372036854775807');
    await mergePatch(`${widgets}/w`, { spec: { size: 4 } });
    expect((await get(`${widgets}/w`)).text).toContain('"seed":9223372036854775807');
  });
});

describe("status and generation", () => {
  test("each endpoint changes its own part; only the specification counts generations", async () => {
    const { body: created } = await post(widgets, { ...kind.widget("w", { size: 3 }), status: { phase: "lie" } });
    expect([created.metadata.generation, created.status]).toEqual([1, undefined]);
    const { body: reported } = await mergePatch(`${widgets}/w/status`, { spec: { size: 9 }, status: { phase: "up" } });
    expect([reported.metadata.generation, reported.spec.size, reported.status]).toEqual([1, 3, { phase: "up" }]);
    const { body: changed } = await mergePatch(`${widgets}/w`, { spec: { size: 4 }, status: { phase: "down" } });
    expect([changed.metadata.generation, changed.spec.size, changed.status]).toEqual([2, 4, { phase: "up" }]);
    const { body: labelled } = await mergePatch(`${widgets}/w`, { metadata: { labels: { a: "b" } } });
    expect(labelled.metadata.generation).toBe(2);
  });

  test("PUT needs a resourceVersion, and an old one conflicts on the status too", async () => {
    const { body } = await post(widgets, kind.widget("w", { size: 3 }));
    const blind: Body = { ...body, metadata: { ...body.metadata, resourceVersion: undefined } };
    const refused = await put(`${widgets}/w`, blind);
    expect([refused.status, refused.body.details.causes[0].field]).toEqual([422, "metadata.resourceVersion"]);
    expect((await put(`${widgets}/w/status`, { ...body, status: { phase: "a" } })).status).toBe(200);
    expect((await put(`${widgets}/w/status`, { ...body, status: { phase: "b" } })).status).toBe(409);
  });

  test("unknown subresources -> 404", async () => {
    await post(widgets, kind.widget("w", { size: 3 }));
    expect((await get(`${widgets}/w/scale`)).status).toBe(404);
  });
});

import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Answer, type Body, call, get, jsonPatch, mergePatch, newNamespace, post } from "../testing/api.ts";
import { installWidgets, type WidgetKind } from "../testing/widgets.ts";

let kind: WidgetKind;
let namespace: string;
let maps: string;
let widgets: string;

beforeAll(async () => {
  kind = await installWidgets();
});

beforeEach(async () => {
  namespace = await newNamespace();
  maps = `/api/v1/namespaces/${namespace}/configmaps`;
  widgets = kind.path(namespace);
});

function apply(path: string, body: unknown, query = "fieldManager=one"): Promise<Answer> {
  return call("PATCH", `${path}?${query}`, body, { contentType: "application/apply-patch+yaml" });
}

const map = (data: object | undefined, metadata: object = {}) => ({
  apiVersion: "v1",
  kind: "ConfigMap",
  metadata: { name: "a", ...metadata },
  ...(data && { data }),
});

/** Who owns what: manager, operation and subresource -> fields. */
async function owners(path: string): Promise<Record<string, Body>> {
  const { body } = await get(path);
  const entries: Body[] = body.metadata.managedFields ?? [];
  return Object.fromEntries(
    entries.map(({ manager, operation, subresource, fieldsV1 }) => [
      [manager, operation, subresource].filter(Boolean).join(" "),
      fieldsV1,
    ]),
  );
}

describe("ownership", () => {
  test("apply creates and owns what it names", async () => {
    const { status } = await apply(`${maps}/a`, map({ k: "1" }, { labels: { l: "1" } }));
    expect(status).toBe(201);
    expect(await owners(`${maps}/a`)).toEqual({
      "one Apply": { "f:data": { "f:k": {} }, "f:metadata": { "f:labels": { "f:l": {} } } },
    });
  });

  test("a field no longer named is removed, unless another manager owns it too", async () => {
    await apply(`${maps}/a`, map({ mine: "1", shared: "2" }));
    await apply(`${maps}/a`, map({ shared: "2" }), "fieldManager=two");
    expect((await apply(`${maps}/a`, map({ other: "3" }))).body.data).toEqual({ shared: "2", other: "3" });
    expect(await owners(`${maps}/a`)).toEqual({
      "one Apply": { "f:data": { "f:other": {} } },
      "two Apply": { "f:data": { "f:shared": {} } },
    });
  });

  test("other writes take fields over", async () => {
    await apply(`${maps}/a`, map({ k: "1", l: "1" }));
    await mergePatch(`${maps}/a?fieldManager=two`, { data: { k: "2", m: "2" } });
    expect(await owners(`${maps}/a`)).toEqual({
      "one Apply": { "f:data": { "f:l": {} } },
      "two Update": { "f:data": { "f:k": {}, "f:m": {} } },
    });
  });

  test("create owns whole new maps", async () => {
    await post(`${maps}?fieldManager=one`, map({ k: "1" }));
    await post(`${widgets}?fieldManager=one`, kind.widget("w", { size: 3, tags: ["x"] }));
    expect(await owners(`${maps}/a`)).toEqual({ "one Update": { "f:data": { ".": {}, "f:k": {} } } });
    expect(await owners(`${widgets}/w`)).toEqual({
      "one Update": {
        "f:spec": {
          ".": {},
          "f:color": {},
          "f:nested": { ".": {}, "f:depth": {} },
          "f:size": {},
          "f:tags": { ".": {}, 'v:"x"': {} },
        },
      },
    });
  });

  test("an apply that changes nothing writes nothing", async () => {
    const { body } = await apply(`${maps}/a`, map({ k: "1" }));
    const again = await apply(`${maps}/a`, map({ k: "1" }));
    expect(again.body).toEqual(body);
  });

  test("emptied managedFields: what is there belongs to before-first-apply", async () => {
    await post(maps, map({ k: "1" }));
    await jsonPatch(`${maps}/a`, [{ op: "replace", path: "/metadata/managedFields", value: [{}] }]);
    expect(await owners(`${maps}/a`)).toEqual({});
    await apply(`${maps}/a`, map({ k: "1" }));
    expect(await owners(`${maps}/a`)).toEqual({
      "before-first-apply Update": { "f:data": { ".": {}, "f:k": {} } },
      "one Apply": { "f:data": { "f:k": {} } },
    });
  });
});

describe("conflicts", () => {
  test("another value of an owned field -> 409 with a cause per field", async () => {
    await apply(`${maps}/a`, map({ k: "1", l: "1" }));
    const { body } = await apply(`${maps}/a`, map({ k: "2", l: "2" }), "fieldManager=two");
    expect(body).toMatchObject({ code: 409, reason: "Conflict" });
    expect(body.message).toBe('Apply failed with 2 conflicts: conflicts with "one":\n- .data.k\n- .data.l');
    expect(body.details.causes).toEqual([
      { reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.k" },
      { reason: "FieldManagerConflict", message: 'conflict with "one"', field: ".data.l" },
    ]);
  });

  test("force takes the field over; the same value is shared", async () => {
    await apply(`${maps}/a`, map({ k: "1" }));
    expect((await apply(`${maps}/a`, map({ k: "1" }), "fieldManager=two")).status).toBe(200);
    expect((await apply(`${maps}/a`, map({ k: "3" }), "fieldManager=two&force=true")).body.data).toEqual({ k: "3" });
    expect(await owners(`${maps}/a`)).toEqual({ "two Apply": { "f:data": { "f:k": {} } } });
  });

  test("the owner by update is named with its version", async () => {
    await post(`${maps}?fieldManager=one`, map({ k: "1" }));
    const { body } = await apply(`${maps}/a`, map({ k: "2" }), "fieldManager=two");
    expect(body.message).toBe('Apply failed with 1 conflict: conflict with "one" using v1: .data.k');
  });
});

describe("lists and maps of a custom kind", () => {
  test("items are merged by key, sets by value, atomic maps are replaced", async () => {
    await apply(
      `${widgets}/w`,
      kind.widget("w", { size: 3, tags: ["a"], items: [{ key: "x", value: 1 }], atomic: { a: "1" } }),
    );
    const second = kind.widget("w", { size: 3, tags: ["b"], items: [{ key: "y" }] });
    const { body } = await apply(`${widgets}/w`, second, "fieldManager=two");
    expect(body.spec).toMatchObject({
      tags: ["a", "b"],
      items: [{ key: "x", value: 1 }, { key: "y" }],
      atomic: { a: "1" },
    });
    const conflict = kind.widget("w", { size: 3, items: [{ key: "x", value: 2 }], atomic: { b: "1" } });
    const { body: refused } = await apply(`${widgets}/w`, conflict, "fieldManager=two");
    expect(refused.details.causes.map(({ field }: Body) => field)).toEqual([
      ".spec.atomic",
      '.spec.items[key="x"].value',
    ]);
    const third = kind.widget("w", { size: 3 });
    expect((await apply(`${widgets}/w`, third)).body.spec).toMatchObject({ tags: ["b"], items: [{ key: "y" }] });
  });

  test("status is applied by its own endpoint", async () => {
    await apply(`${widgets}/w`, kind.widget("w", { size: 3 }));
    const status = { ...kind.widget("w", { size: 9 }), status: { phase: "up" } };
    const { body } = await apply(`${widgets}/w/status`, status, "fieldManager=two");
    expect([body.spec.size, body.status]).toEqual([3, { phase: "up" }]);
    expect((await owners(`${widgets}/w`))["two Apply status"]).toEqual({ "f:status": { "f:phase": {} } });
  });
});

describe("refusals", () => {
  test.each([
    ["no field manager", "", map({}), 422],
    ["an undeclared field", "fieldManager=one", { ...map({}), foo: 1 }, 500],
    ["a wrong type", "fieldManager=one", map({ k: 1 }), 500],
    ["another kind", "fieldManager=one", { ...map({}), kind: "Secret" }, 400],
    ["another name", "fieldManager=one", map({}, { name: "b" }), 400],
    ["managedFields", "fieldManager=one", map({}, { managedFields: [{ manager: "x" }] }), 400],
    ["an old resourceVersion", "fieldManager=one", map({ k: "2" }, { resourceVersion: "1" }), 409],
    ["not YAML", "fieldManager=one", "a: [", 400],
  ])("%s", async (_what, query, body, status) => {
    await post(maps, map({ k: "1" }));
    expect((await apply(`${maps}/a`, body, query)).status).toBe(status);
  });

  test("items with the same key", async () => {
    const { body } = await apply(`${widgets}/w`, kind.widget("w", { size: 3, items: [{ key: "x" }, { key: "x" }] }));
    expect(body.message).toContain('.spec.items: duplicate entries for key [key="x"]');
  });
});

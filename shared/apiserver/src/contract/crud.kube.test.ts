import { beforeEach, describe, expect, test } from "vitest";
import { type Answer, del, get, jsonPatch, mergePatch, newNamespace, post, put } from "../testing/api.ts";

let maps: string;

beforeEach(async () => {
  maps = `/api/v1/namespaces/${await newNamespace()}/configmaps`;
});

/** The parts of a failure that clients act on. */
function failure({ status, body }: Answer) {
  return { status, kind: body.kind, reason: body.reason, code: body.code, details: body.details };
}

describe("create", () => {
  test("the server sets identity, time and version", async () => {
    const { status, body } = await post(maps, { metadata: { name: "a", uid: "mine" }, data: { key: "value" } });
    expect(status).toBe(201);
    expect(body).toMatchObject({ apiVersion: "v1", kind: "ConfigMap", data: { key: "value" } });
    expect(body.metadata.uid).toMatch(/^[0-9a-f-]{36}$/);
    expect(body.metadata.resourceVersion).toMatch(/^\d+$/);
    expect(body.metadata.creationTimestamp).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    expect((await get(`${maps}/a`)).body).toEqual(body);
  });

  test("a name that is taken -> 409 AlreadyExists", async () => {
    await post(maps, { metadata: { name: "a" } });
    expect(failure(await post(maps, { metadata: { name: "a" } }))).toEqual({
      status: 409,
      kind: "Status",
      reason: "AlreadyExists",
      code: 409,
      details: { name: "a", kind: "configmaps" },
    });
  });

  test("a bad name -> 422 with a cause", async () => {
    const answer = await post(maps, { metadata: { name: "X_" } });
    expect(failure(answer)).toMatchObject({
      status: 422,
      reason: "Invalid",
      details: { name: "X_", kind: "ConfigMap" },
    });
    expect(answer.body.details.causes).toEqual([
      { reason: "FieldValueInvalid", field: "metadata.name", message: expect.stringContaining('Invalid value: "X_"') },
    ]);
  });

  test("no name -> 422; generateName makes one", async () => {
    expect((await post(maps, { metadata: {} })).body.message).toBe(
      'ConfigMap "" is invalid: metadata.name: Required value: name or generateName is required',
    );
    const { body } = await post(maps, { metadata: { generateName: "made-" } });
    expect(body.metadata.name).toMatch(/^made-[a-z0-9]{5}$/);
  });

  test("dryRun=All changes nothing", async () => {
    expect((await post(`${maps}?dryRun=All`, { metadata: { name: "a" } })).status).toBe(201);
    expect((await get(`${maps}/a`)).status).toBe(404);
  });
});

describe("update", () => {
  test("an old resourceVersion -> 409 Conflict; a no-op keeps the version", async () => {
    const { body: first } = await post(maps, { metadata: { name: "a" }, data: { n: "1" } });
    const { body: second } = await put(`${maps}/a`, { ...first, data: { n: "2" } });
    expect(Number(second.metadata.resourceVersion)).toBeGreaterThan(Number(first.metadata.resourceVersion));
    expect(failure(await put(`${maps}/a`, { ...first, data: { n: "3" } }))).toMatchObject({
      status: 409,
      reason: "Conflict",
      details: { name: "a", kind: "configmaps" },
    });
    expect((await put(`${maps}/a`, second)).body.metadata.resourceVersion).toBe(second.metadata.resourceVersion);
  });

  test("another name than the path's -> 400", async () => {
    await post(maps, { metadata: { name: "a" } });
    expect(failure(await put(`${maps}/a`, { metadata: { name: "b" } }))).toMatchObject({
      status: 400,
      reason: "BadRequest",
    });
  });
});

describe("patch", () => {
  test("merge patch merges and null removes", async () => {
    await post(maps, { metadata: { name: "a" }, data: { keep: "1", drop: "2" } });
    const { status, body } = await mergePatch(`${maps}/a`, { data: { drop: null, add: "3" } });
    expect([status, body.data]).toEqual([200, { keep: "1", add: "3" }]);
  });

  test("JSON patch is conditional by its test operation", async () => {
    const { body } = await post(maps, { metadata: { name: "a" }, data: { n: "1" } });
    const operations = [
      { op: "test", path: "/metadata/resourceVersion", value: body.metadata.resourceVersion },
      { op: "replace", path: "/data/n", value: "2" },
    ];
    expect((await jsonPatch(`${maps}/a`, operations)).body.data).toEqual({ n: "2" });
    expect((await jsonPatch(`${maps}/a`, operations)).status).toBe(422);
    expect((await jsonPatch(`${maps}/a`, [{ op: "remove", path: "/data/none" }])).status).toBe(422);
    expect((await jsonPatch(`${maps}/a`, { op: "remove" })).status).toBe(400);
  });
});

describe("delete", () => {
  test("preconditions hold or 409", async () => {
    const { body } = await post(maps, { metadata: { name: "a" } });
    const { uid, resourceVersion } = body.metadata;
    for (const preconditions of [{ uid: "other" }, { resourceVersion: "1" }]) {
      expect(failure(await del(`${maps}/a`, { preconditions }))).toMatchObject({ status: 409, reason: "Conflict" });
    }
    const deleted = await del(`${maps}/a`, { preconditions: { uid, resourceVersion } });
    expect(deleted.body).toMatchObject({
      kind: "Status",
      status: "Success",
      details: { name: "a", kind: "configmaps", uid },
    });
    expect(failure(await del(`${maps}/a`))).toMatchObject({ status: 404, reason: "NotFound" });
  });

  test("a finalizer holds the object until it is removed", async () => {
    await post(maps, { metadata: { name: "a", finalizers: ["example.com/hold"] } });
    const held = await del(`${maps}/a`);
    expect(held.status).toBe(200);
    expect(held.body.metadata.deletionTimestamp).toBeDefined();
    expect((await post(maps, { metadata: { name: "a" } })).status).toBe(409);
    const added = await mergePatch(`${maps}/a`, { metadata: { finalizers: ["example.com/hold", "example.com/more"] } });
    expect(added.body.details.causes[0]).toMatchObject({ reason: "FieldValueForbidden", field: "metadata.finalizers" });
    expect((await mergePatch(`${maps}/a`, { metadata: { finalizers: null } })).status).toBe(200);
    expect((await get(`${maps}/a`)).status).toBe(404);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { type Body, del, get, newNamespace, post } from "../testing/api.ts";

let maps: string;
let namespace: string;

beforeEach(async () => {
  namespace = await newNamespace();
  maps = `/api/v1/namespaces/${namespace}/configmaps`;
});

async function create(name: string, labels: object): Promise<void> {
  await post(maps, { metadata: { name, labels: { mine: "", ...labels } } });
}

const names = (body: Body): string[] => body.items.map(({ metadata }: Body) => metadata.name);

describe("label selectors", () => {
  beforeEach(async () => {
    await create("a", { app: "web", tier: "1" });
    await create("b", { app: "db", tier: "2" });
    await create("c", {});
  });

  test.each([
    ["app=web", ["a"]],
    ["app==web", ["a"]],
    ["app!=web", ["b", "c"]],
    ["app", ["a", "b"]],
    ["!app", ["c"]],
    ["app in (web, db)", ["a", "b"]],
    ["app notin (web)", ["b", "c"]],
    ["app=web,tier=1", ["a"]],
    ["app=web,tier=2", []],
    ["tier>1", ["b"]],
    ["tier<2", ["a"]],
  ])("%s", async (selector, expected) => {
    const { body } = await get(`${maps}?labelSelector=${encodeURIComponent(`mine,${selector}`)}`);
    expect(names(body)).toEqual(expected);
  });

  test.each(["a===1", "app in web", "=x", "app in (x", "-bad-=1"])("%s -> 400", async (selector) => {
    const { status, body } = await get(`${maps}?labelSelector=${encodeURIComponent(selector)}`);
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
  });
});

describe("field selectors", () => {
  test("names and namespaces of every kind", async () => {
    await create("a", {});
    await create("b", {});
    const query = `fieldSelector=metadata.name%3Da,metadata.namespace%3D${namespace}`;
    expect(names((await get(`/api/v1/configmaps?${query}`)).body)).toEqual(["a"]);
    expect(names((await get(`${maps}?labelSelector=mine&fieldSelector=metadata.name!%3Da`)).body)).toEqual(["b"]);
  });

  test("the type of a Secret", async () => {
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    await post(secrets, { metadata: { name: "plan" }, type: "elemental.cattle.io/plan" });
    await post(secrets, { metadata: { name: "other" } });
    expect(names((await get(`${secrets}?fieldSelector=type%3Delemental.cattle.io/plan`)).body)).toEqual(["plan"]);
  });

  test.each(["configmaps", "secrets", "pods", "events"])("an unknown field of %s -> 400", async (plural) => {
    const { status, body } = await get(`/api/v1/namespaces/${namespace}/${plural}?fieldSelector=spec.nope%3D1`);
    expect([status, body.reason]).toEqual([400, "BadRequest"]);
  });
});

describe("pages", () => {
  test("show one state, in order, whatever happens meanwhile", async () => {
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    for (const name of ["a", "b", "c", "d"]) await post(secrets, { metadata: { name } });
    const { body: first } = await get(`${secrets}?limit=2`);
    expect(names(first)).toEqual(["a", "b"]);
    await post(secrets, { metadata: { name: "bb" } });
    await del(`${secrets}/c`);
    const { body: second } = await get(`${secrets}?limit=2&continue=${first.metadata.continue}`);
    expect(names(second)).toEqual(["c", "d"]);
    expect([second.metadata.continue, second.metadata.resourceVersion]).toEqual([
      undefined,
      first.metadata.resourceVersion,
    ]);
  });

  test("tell how many are left, unless there is a selector", async () => {
    const secrets = `/api/v1/namespaces/${namespace}/secrets`;
    for (const name of ["a", "b", "c"]) await post(secrets, { metadata: { name } });
    expect((await get(`${secrets}?limit=1`)).body.metadata.remainingItemCount).toBe(2);
    expect((await get(`${secrets}?limit=1&labelSelector=!x`)).body.metadata.remainingItemCount).toBeUndefined();
  });

  test.each(["limit=x", "limit=1&continue=abc"])("%s -> 400", async (query) => {
    expect((await get(`${maps}?${query}`)).status).toBe(400);
  });
});

describe("versions", () => {
  test("Exact shows the past, NotOlderThan the present", async () => {
    await create("a", {});
    const { body: past } = await get(`${maps}?labelSelector=mine`);
    await create("b", {});
    const version = past.metadata.resourceVersion;
    const exact = await get(`${maps}?labelSelector=mine&resourceVersion=${version}&resourceVersionMatch=Exact`);
    expect([names(exact.body), exact.body.metadata.resourceVersion]).toEqual([["a"], version]);
    const newer = await get(`${maps}?labelSelector=mine&resourceVersion=${version}&resourceVersionMatch=NotOlderThan`);
    expect(names(newer.body)).toEqual(["a", "b"]);
  });

  test.each([
    ["resourceVersion=abc", 400],
    ["resourceVersionMatch=Exact", 422],
    ["resourceVersion=1&resourceVersionMatch=Bogus", 422],
    ["resourceVersion=0&resourceVersionMatch=Exact", 422],
    ["resourceVersion=999999999999", 504],
  ])("%s -> %i", async (query, status) => {
    expect((await get(`${maps}?${query}`)).status).toBe(status);
  });
});

test("items of a built-in list do not repeat their kind", async () => {
  await create("a", {});
  const { body } = await get(maps);
  expect([body.kind, body.apiVersion, body.items[0].kind]).toEqual(["ConfigMapList", "v1", undefined]);
});

test("deletecollection deletes what is selected", async () => {
  await create("a", { kill: "me" });
  await create("b", {});
  const { status, body } = await del(`${maps}?labelSelector=kill%3Dme`);
  expect([status, body.kind, names(body)]).toEqual([200, "ConfigMapList", ["a"]]);
  expect(names((await get(`${maps}?labelSelector=mine`)).body)).toEqual(["b"]);
});

import { beforeEach, describe, expect, test, vi } from "vitest";
import { type Body, del, eventually, get, mergePatch, newNamespace, post, uniqueName } from "../../testing/api.ts";

let namespace: string;
let maps: string;

beforeEach(async () => {
  namespace = await newNamespace();
  maps = `/api/v1/namespaces/${namespace}/configmaps`;
});

interface OwnerOptions {
  blockOwnerDeletion?: boolean;
  uid?: string;
}

function ownedBy(owner: Body, options: OwnerOptions = {}) {
  const { name, uid } = owner.metadata;
  return { apiVersion: owner.apiVersion, kind: owner.kind, name, uid, ...options };
}

async function create(name: string, ownerReferences: Body[] = [], finalizers: string[] = []): Promise<Body> {
  const { status, body, text } = await post(maps, { metadata: { name, ownerReferences, finalizers } });
  expect(status, text).toBe(201);
  return body;
}

const read = async (name: string): Promise<Body> => (await get(`${maps}/${name}`)).body;
const isGone = async (name: string): Promise<boolean> => (await get(`${maps}/${name}`)).status === 404;
const gone = (name: string) => eventually(`${name} is gone`, () => isGone(name));
const remove = (name: string, propagationPolicy: string) => del(`${maps}/${name}`, { propagationPolicy });
const release = (name: string) => mergePatch(`${maps}/${name}`, { metadata: { finalizers: null } });

/** Passes once the collector has worked through everything that happened before. */
async function collectorCaughtUp(): Promise<void> {
  const name = uniqueName("probe");
  await create(name, [
    { apiVersion: "v1", kind: "ConfigMap", name: "never-was", uid: "00000000-0000-0000-0000-000000000000" },
  ]);
  await gone(name);
}

describe("background", () => {
  test("dependents go with their owner, and theirs with them", async () => {
    const owner = await create("owner");
    const child = await create("child", [ownedBy(owner)]);
    await create("grandchild", [ownedBy(child)]);
    await remove("owner", "Background");
    expect(await isGone("owner")).toBe(true);
    await gone("child");
    await gone("grandchild");
  });

  test("an owner of the same name with another uid is no owner", async () => {
    const owner = await create("owner");
    await create("child", [ownedBy(owner, { uid: "11111111-1111-1111-1111-111111111111" })]);
    await gone("child");
    expect(await isGone("owner")).toBe(false);
  });

  test("a dependent stays while another owner is there, and stops naming the one that went", async () => {
    const [first, second] = [await create("first"), await create("second")];
    await create("child", [ownedBy(first), ownedBy(second)]);
    await remove("first", "Background");
    await eventually("child names one owner", async () => (await read("child")).metadata.ownerReferences.length === 1);
    expect((await read("child")).metadata.ownerReferences[0].name).toBe("second");
    await remove("second", "Background");
    await gone("child");
  });

  test("a dependent stays while its owner is held by a finalizer", async () => {
    const owner = await create("owner", [], ["example.com/hold"]);
    await create("child", [ownedBy(owner)]);
    await remove("owner", "Background");
    await collectorCaughtUp();
    expect(await isGone("child")).toBe(false);
    await release("owner");
    await gone("child");
  });

  test("an owner in another namespace is no owner", async () => {
    const elsewhere = `/api/v1/namespaces/${await newNamespace()}/configmaps`;
    const { body: owner } = await post(elsewhere, { metadata: { name: "owner" } });
    await create("child", [ownedBy(owner)]);
    await gone("child");
  });

  test("a dependent of a kind that is not served stays", async () => {
    const reference = {
      apiVersion: "unheard.example/v1",
      kind: "Thing",
      name: "x",
      uid: "22222222-2222-2222-2222-222222222222",
    };
    await create("child", [reference]);
    await collectorCaughtUp();
    expect(await isGone("child")).toBe(false);
  });
});

describe("foreground", () => {
  test("the owner waits for a dependent that blocks", async () => {
    const owner = await create("owner");
    await create("child", [ownedBy(owner, { blockOwnerDeletion: true })], ["example.com/hold"]);
    await remove("owner", "Foreground");
    await eventually("child is being deleted", async () => (await read("child")).metadata.deletionTimestamp);
    expect((await read("owner")).metadata).toMatchObject({
      finalizers: ["foregroundDeletion"],
      deletionTimestamp: expect.any(String),
    });
    await release("child");
    await gone("child");
    await gone("owner");
  });

  test("the owner does not wait for a dependent that does not block", async () => {
    const owner = await create("owner");
    await create("child", [ownedBy(owner)], ["example.com/hold"]);
    await remove("owner", "Foreground");
    await gone("owner");
    await eventually("child is being deleted", async () => (await read("child")).metadata.deletionTimestamp);
    await release("child");
    await gone("child");
  });

  test("an owner without dependents goes", async () => {
    await create("owner");
    await remove("owner", "Foreground");
    await gone("owner");
  });
});

describe("orphan", () => {
  test("dependents stay and stop naming the owner", async () => {
    const owner = await create("owner");
    await create("child", [ownedBy(owner)]);
    await collectorCaughtUp();
    await remove("owner", "Orphan");
    await gone("owner");
    const child = await read("child");
    expect(child.metadata.ownerReferences ?? []).toEqual([]);
    expect(child.metadata.deletionTimestamp).toBeUndefined();
  });
});

test("custom resources are collected as well, once their definition is served", async () => {
  const plural = uniqueName("gadgets").replace("-", "");
  const definition = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
  const group = "collector.example";
  const versions = [
    {
      name: "v1",
      served: true,
      storage: true,
      schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
    },
  ];
  const names = {
    plural,
    singular: plural.slice(0, -1),
    kind: plural.toUpperCase(),
    listKind: `${plural.toUpperCase()}List`,
  };
  await post(definition, {
    metadata: { name: `${plural}.${group}` },
    spec: { group, names, scope: "Namespaced", versions },
  });
  const gadgets = `/apis/${group}/v1/namespaces/${namespace}/${plural}`;
  const gadget = { apiVersion: `${group}/v1`, kind: names.kind };
  const created = await eventually("gadgets are served", async () => {
    const answer = await post(gadgets, { ...gadget, metadata: { name: "owner" } });
    return answer.status === 201 && answer.body;
  });
  await create("child", [ownedBy(created)]);
  await post(gadgets, { ...gadget, metadata: { name: "child", ownerReferences: [ownedBy(created)] } });
  await del(`${gadgets}/owner`);
  // A real collector asks which kinds are served twice a minute.
  const patience = { timeout: 60_000, interval: 100 };
  await vi.waitFor(async () => expect(await isGone("child")).toBe(true), patience);
  await vi.waitFor(async () => expect((await get(`${gadgets}/child`)).status).toBe(404), patience);
  await del(`${definition}/${plural}.${group}`);
}, 90_000);

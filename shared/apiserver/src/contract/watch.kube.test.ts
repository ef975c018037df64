import { beforeEach, describe, expect, test } from "vitest";
import { type Body, del, get, mergePatch, newNamespace, post } from "../testing/api.ts";
import { summary, watch } from "../testing/watch.ts";

let maps: string;

beforeEach(async () => {
  const namespace = await newNamespace();
  // Every namespace gets a map of its own at some time; the selector keeps it out.
  maps = `/api/v1/namespaces/${namespace}/configmaps`;
});

const mine = "labelSelector=mine";

async function create(name: string, labels: object = { mine: "" }): Promise<Body> {
  return (await post(maps, { metadata: { name, labels } })).body;
}

/** The resourceVersion of a list made now. */
async function now(): Promise<string> {
  return (await get(`${maps}?${mine}`)).body.metadata.resourceVersion;
}

describe("watch", () => {
  test("from a list's version: every change once, in order", async () => {
    await create("before");
    const version = await now();
    const stream = await watch(`${maps}?${mine}&resourceVersion=${version}`);
    await create("a");
    await mergePatch(`${maps}/a`, { data: { k: "v" } });
    const { body: last } = await get(`${maps}/a`);
    await del(`${maps}/a`);
    const events = [await stream.next(), await stream.next(), await stream.next()];
    expect(events.map(summary)).toEqual(["ADDED a", "MODIFIED a", "DELETED a"]);
    expect(events[1].object).toEqual(last);
    expect(Number(events[2].object.metadata.resourceVersion)).toBeGreaterThan(Number(last.metadata.resourceVersion));
    stream.close();
  });

  test("without a version, or from 0: the current objects first", async () => {
    await create("a");
    for (const query of ["", "&resourceVersion=0"]) {
      const stream = await watch(`${maps}?${mine}${query}`);
      expect(summary(await stream.next())).toBe("ADDED a");
      stream.close();
    }
  });

  test("resumed after its end: nothing is lost, nothing comes twice", async () => {
    const version = await now();
    await create("a");
    const stream = await watch(`${maps}?${mine}&resourceVersion=${version}`);
    const { object } = await stream.next();
    stream.close();
    await create("b");
    await del(`${maps}/a`);
    const resumed = await watch(`${maps}?${mine}&resourceVersion=${object.metadata.resourceVersion}`);
    expect([summary(await resumed.next()), summary(await resumed.next())]).toEqual(["ADDED b", "DELETED a"]);
    resumed.close();
  });

  test("an object that starts to match is ADDED, one that ceases to is DELETED", async () => {
    const stream = await watch(`${maps}?${mine}&resourceVersion=${await now()}`);
    await create("a", {});
    await mergePatch(`${maps}/a`, { metadata: { labels: { mine: "" } } });
    await mergePatch(`${maps}/a`, { metadata: { labels: { mine: null } }, data: { k: "v" } });
    const events = [await stream.next(), await stream.next()];
    expect(events.map(summary)).toEqual(["ADDED a", "DELETED a"]);
    // The last state that matched, with the version of the change.
    expect([events[1].object.metadata.labels, events[1].object.data]).toEqual([{ mine: "" }, undefined]);
    expect(events[1].object.metadata.resourceVersion).toBe((await get(`${maps}/a`)).body.metadata.resourceVersion);
    stream.close();
  });

  test("one object by its name", async () => {
    await create("other");
    const stream = await watch(`${maps}?fieldSelector=metadata.name%3Da&resourceVersion=${await now()}`);
    await create("b");
    await create("a");
    expect(summary(await stream.next())).toBe("ADDED a");
    stream.close();
  });

  test("timeoutSeconds ends it", async () => {
    const stream = await watch(`${maps}?${mine}&timeoutSeconds=1&resourceVersion=${await now()}`);
    expect(await stream.rest()).toEqual([]);
  });
});

describe("streaming list", () => {
  const initial = "sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true";

  test("current objects, a bookmark that marks their end, then changes", async () => {
    await create("a");
    await create("b");
    const stream = await watch(`${maps}?${mine}&${initial}`);
    const [first, second, bookmark] = [await stream.next(), await stream.next(), await stream.next()];
    expect([summary(first), summary(second)].sort()).toEqual(["ADDED a", "ADDED b"]);
    expect(bookmark).toEqual({
      type: "BOOKMARK",
      object: {
        kind: "ConfigMap",
        apiVersion: "v1",
        metadata: {
          resourceVersion: expect.stringMatching(/^\d+$/),
          annotations: { "k8s.io/initial-events-end": "true" },
        },
      },
    });
    await create("c");
    expect(summary(await stream.next())).toBe("ADDED c");
    stream.close();
    const resumed = await watch(`${maps}?${mine}&resourceVersion=${bookmark.object.metadata.resourceVersion}`);
    expect(summary(await resumed.next())).toBe("ADDED c");
    resumed.close();
  });

  test("of metadata: bookmarks are metadata too", async () => {
    const accept = "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io";
    const stream = await watch(`${maps}?${mine}&${initial}`, { accept });
    const { type, object } = await stream.next();
    expect([type, object.kind, object.apiVersion]).toEqual(["BOOKMARK", "PartialObjectMetadata", "meta.k8s.io/v1"]);
    stream.close();
  });

  test.each([
    ["sendInitialEvents without resourceVersionMatch", "sendInitialEvents=true", "resourceVersionMatch"],
    ["resourceVersionMatch without sendInitialEvents", "resourceVersionMatch=NotOlderThan", "resourceVersionMatch"],
  ])("%s -> 422", async (_what, query, field) => {
    const { status, body } = await get(`${maps}?watch=true&${query}`);
    expect([status, body.details.causes[0].field]).toEqual([422, field]);
  });
});

describe("expired versions", () => {
  test("watching from a version before the history -> an ERROR event with a 410 Expired", async () => {
    const stream = await watch(`/api/v1/namespaces?resourceVersion=1&timeoutSeconds=2`);
    const events = await stream.rest();
    // A young cluster still knows everything; an older one says so.
    for (const { object } of events.filter(({ type }) => type === "ERROR")) {
      expect(object).toMatchObject({ kind: "Status", code: 410, reason: "Expired" });
    }
    expect(stream.status).toBe(200);
    expect(events.length).toBeGreaterThan(0);
  });
});

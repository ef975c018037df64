import { memoryKube } from "@elemental/kube/testing";
import { expect, test } from "vitest";
import { key, type Widget, widget, widgets } from "../testing/widgets.ts";
import { compareVersions, FreshReader } from "./freshness.ts";

function version(object: Widget, resourceVersion: string): Widget {
  return { ...object, metadata: { ...object.metadata, resourceVersion } };
}

async function setup() {
  const reads: string[] = [];
  const kube = memoryKube({ intercept: ({ verb }) => void (verb === "get" && reads.push(verb)) });
  const first = await kube.create(widgets, widget());
  const cache = new Map([["ns/w", first]]);
  const reader = new FreshReader<Widget>(kube, widgets, {
    get: ({ namespace, name }) => cache.get(`${namespace}/${name}`),
  });
  const change = () => kube.patch(widgets, key, { type: "merge", body: { spec: { size: Math.random() } } });
  return { kube, reads, first, cache, reader, change };
}

test("the cache is good enough as long as we know no better", async () => {
  const { reader, first, reads, change } = await setup();
  await change();
  expect(await reader.read(key)).toBe(first);
  expect(reads).toEqual([]);
});

test("a cache behind our own write is passed by until it has caught up", async () => {
  const { reader, cache, reads, change } = await setup();
  const written = await change();
  reader.written(written);
  expect(await reader.read(key)).toEqual(written);
  cache.set("ns/w", written);
  expect(await reader.read(key)).toBe(written);
  expect(reads).toHaveLength(1);
});

test("after a conflict the API server is asked, whatever the cache has", async () => {
  const { reader, cache, reads, change } = await setup();
  const current = await change();
  reader.distrust(key);
  expect(await reader.read(key)).toEqual(current);
  cache.set("ns/w", current);
  expect(await reader.read(key)).toBe(current);
  expect(reads).toHaveLength(1);
});

test("an object that is gone is gone, also when the cache still has it", async () => {
  const { kube, reader, first, reads } = await setup();
  reader.written(version(first, "9999"));
  await kube.delete(widgets, key);
  expect(await reader.read(key)).toBeUndefined();
  expect(reads).toHaveLength(1);
});

test("what the watch tells ends the distrust", async () => {
  const { reader, first, reads } = await setup();
  reader.distrust(key);
  reader.cached(key, version(first, "9".repeat(31)));
  expect(await reader.read(key)).toBe(first);
  expect(reads).toEqual([]);
});

test("an object that the cache does not have yet is asked for", async () => {
  const { reader, cache, first, kube, reads } = await setup();
  cache.clear();
  expect(await reader.read(key)).toEqual(first);
  await kube.delete(widgets, key);
  expect(await reader.read(key)).toBeUndefined();
  expect(reads).toHaveLength(2);
});

test.each([
  ["9", "10", -1],
  ["10", "9", 1],
  ["10", "10", 0],
  ["99999999999999999999", "100000000000000000000", -1],
])("version %s compared with %s", (a, b, sign) => {
  expect(Math.sign(compareVersions(a, b))).toBe(sign);
});

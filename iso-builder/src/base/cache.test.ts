import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import type { RequestListener } from "node:http";
import { join } from "node:path";
import { expect, test } from "vitest";
import { makeBaseIso, temporaryDirectory } from "../testing/base-iso.ts";
import { serving } from "../testing/web-server.ts";
import { BaseCache } from "./cache.ts";
import type { DownloadLimits } from "./download.ts";

const limits: DownloadLimits = { maxBytes: 10_000_000, idleMs: 5000, attempts: 1, retryMs: 1 };

/** Serves an ISO with an entity tag, and counts. */
async function isoServer(directory: string) {
  const base = join(directory, "served.iso");
  await makeBaseIso(base);
  const state = { content: await readFile(base), etag: '"1"', status: 200, downloads: 0, requests: 0 };
  const listener: RequestListener = (request, response) => {
    state.requests += 1;
    if (state.status !== 200) return void response.writeHead(state.status).end();
    if (request.headers["if-none-match"] === state.etag) return void response.writeHead(304).end();
    state.downloads += 1;
    response.writeHead(200, { etag: state.etag }).end(state.content);
  };
  return { ...(await serving(listener)), state };
}

async function setup() {
  const directory = await temporaryDirectory();
  const server = await isoServer(directory.path);
  const root = join(directory.path, "cache");
  return {
    root,
    cache: new BaseCache(root),
    state: server.state,
    url: `${server.url}/base.iso`,
    async [Symbol.asyncDispose]() {
      await server[Symbol.asyncDispose]();
      await directory[Symbol.asyncDispose]();
    },
  };
}

test("concurrent builds fetch a base once and share its file", async () => {
  await using place = await setup();
  const another = new BaseCache(place.root);
  const bases = await Promise.all([place.cache, another, place.cache].map((cache) => cache.fetch(place.url, limits)));
  const paths = new Set(bases.map(({ path }) => path));
  expect(paths.size).toBe(1);
  expect((await readFile(bases[0]?.path ?? "")).equals(place.state.content)).toBe(true);
  expect(place.state.downloads).toBe(1);
  expect(await readdir(join(place.root, "incoming"))).toEqual([]);
});

test("a copy is kept while the server says it is current, and replaced when it is not", async () => {
  await using place = await setup();
  const first = await place.cache.fetch(place.url, limits);
  expect(await place.cache.fetch(place.url, limits)).toEqual(first);
  expect(place.state).toMatchObject({ downloads: 1, requests: 2 });
  place.state.content = Buffer.concat([place.state.content, Buffer.alloc(2048)]);
  place.state.etag = '"2"';
  expect(await place.cache.fetch(place.url, limits)).not.toEqual(first);
});

test("two URLs with the same content are one file", async () => {
  await using place = await setup();
  expect(await place.cache.fetch(`${place.url}?mirror`, limits)).toEqual(await place.cache.fetch(place.url, limits));
  expect(await readdir(join(place.root, "blobs"))).toHaveLength(1);
});

test("a copy serves while the server is out of order, but not when it refuses", async () => {
  await using place = await setup();
  const first = await place.cache.fetch(place.url, limits);
  place.state.status = 503;
  expect(await place.cache.fetch(place.url, limits)).toEqual(first);
  place.state.status = 404;
  await expect(place.cache.fetch(place.url, limits)).rejects.toThrow("the server answered 404");
});

test("what is no ISO does not enter", async () => {
  await using place = await setup();
  place.state.content = Buffer.from("<html>not found</html>");
  await expect(place.cache.fetch(place.url, limits)).rejects.toThrow("is not an ISO 9660 image");
  expect(await readdir(join(place.root, "blobs"))).toEqual([]);
  expect(await readdir(join(place.root, "incoming"))).toEqual([]);
});

test("a file that was cleaned away is fetched again", async () => {
  await using place = await setup();
  const { path } = await place.cache.fetch(place.url, limits);
  await rm(path);
  await place.cache.fetch(place.url, limits);
  expect((await readFile(path)).equals(place.state.content)).toBe(true);
});

test("files are kept by content, once, and left where they are", async () => {
  await using place = await setup();
  const downloaded = await place.cache.fetch(place.url, limits);
  const file = join(place.root, "own.iso");
  await writeFile(file, place.state.content);
  expect(await place.cache.keep(file, "own.iso")).toEqual(downloaded);
  await writeFile(file, Buffer.concat([place.state.content, Buffer.alloc(2048)]));
  const other = await place.cache.keep(file, "own.iso");
  expect((await readFile(other.path)).equals(await readFile(file))).toBe(true);
  expect(await readdir(join(place.root, "blobs"))).toHaveLength(2);
  await writeFile(file, "text");
  await expect(place.cache.keep(file, "own.iso")).rejects.toThrow("own.iso is not an ISO 9660 image");
});

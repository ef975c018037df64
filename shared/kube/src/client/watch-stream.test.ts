import { Readable } from "node:stream";
import { type ConfigMap, configMaps } from "@elemental/api";
import { expect, test } from "vitest";
import type { WatchEvent } from "../informer/source.ts";
import { watchEvents } from "./watch-stream.ts";

const subject = { text: "watch configmaps", confidential: false };

async function decode(...chunks: (string | Buffer)[]) {
  const reported: unknown[] = [];
  const body = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
  const events: WatchEvent<ConfigMap>[] = [];
  for await (const event of watchEvents(configMaps, subject, { body, report: (error) => reported.push(error) })) {
    events.push(event);
  }
  return { events, reported };
}

const line = (type: string, metadata: object, rest: object = {}) =>
  `${JSON.stringify({ type, object: { metadata, ...rest } })}\n`;
const names = (events: WatchEvent<ConfigMap>[]) =>
  events.map((event) => (event.type === "BOOKMARK" ? event.resourceVersion : event.object.metadata.name));

test("lines may be cut anywhere, also within a character", async () => {
  const bytes = Buffer.from(
    line("ADDED", { name: "a", resourceVersion: "1", labels: { x: "ü" } }) +
      line("MODIFIED", { name: "b", resourceVersion: "2" }),
  );
  for (let cut = 0; cut < bytes.length; cut += 1) {
    const { events } = await decode(bytes.subarray(0, cut), bytes.subarray(cut));
    expect(names(events)).toEqual(["a", "b"]);
    expect(events[0]).toMatchObject({ object: { metadata: { labels: { x: "ü" } } } });
  }
});

test("objects know their kind and carry no managed fields", async () => {
  const { events } = await decode(line("ADDED", { name: "a", resourceVersion: "1", managedFields: [{}] }));
  expect(events).toEqual([
    { type: "ADDED", object: { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "a", resourceVersion: "1" } } },
  ]);
});

test("bookmarks, and the one that ends a streamed list", async () => {
  const annotations = { "k8s.io/initial-events-end": "true" };
  const { events } = await decode(
    line("BOOKMARK", { resourceVersion: "7" }),
    line("BOOKMARK", { resourceVersion: "8", annotations }),
  );
  expect(events).toEqual([
    { type: "BOOKMARK", resourceVersion: "7", initialEventsEnd: false },
    { type: "BOOKMARK", resourceVersion: "8", initialEventsEnd: true },
  ]);
});

test("C-010 what cannot be read is left out and told, the rest goes on", async () => {
  const { events, reported } = await decode(
    line("ADDED", { name: "a", resourceVersion: "1" }),
    "{broken\n",
    '{"type":"ADDED","object":"text"}\n',
    '{"type":"ADDED","object":{"metadata":null}}\n',
    line("ADDED", { resourceVersion: "3" }),
    line("SURPRISE", { name: "x", resourceVersion: "4" }),
    line("ADDED", { name: "b", resourceVersion: "5" }, { data: "not an object" }),
  );
  expect(names(events)).toEqual(["a", "b"]);
  expect(reported).toHaveLength(5);
});

test.each([
  [{ code: 410, reason: "Expired" }, "Expired"],
  [{ code: 410, reason: "Gone" }, "Expired"],
  [{ code: 500, reason: "InternalError" }, "Unknown"],
])("an ERROR event is thrown: %j", async (status, code) => {
  const text = `${JSON.stringify({ type: "ERROR", object: { kind: "Status", message: "no", ...status } })}\n`;
  await expect(decode(text)).rejects.toMatchObject({ code, message: "watch configmaps: no" });
});

import { type ConfigMap, configMaps } from "@elemental/api";
import { afterEach, describe, expect, test, vi } from "vitest";
import { KubeError } from "../errors.ts";
import type { Informer } from "../ports.ts";
import { configMap } from "../testing/contract/kinds.ts";
import { type ScriptedWatch, scriptedSource } from "../testing/scripted-source.ts";
import { Informers } from "./informers.ts";
import type { WatchEvent } from "./source.ts";

const settings = { silenceMs: 1_000, minBackoffMs: 1, maxBackoffMs: 10, notServedMs: 5 };
const informersToStop: Informers[] = [];
afterEach(() => {
  for (const informers of informersToStop.splice(0)) informers.stop();
});

function object(name: string, version: string): ConfigMap {
  const { metadata, ...rest } = configMap("ns", name);
  return { ...rest, metadata: { ...metadata, uid: name, resourceVersion: version } };
}

const added = (name: string, version: string): WatchEvent<ConfigMap> => ({
  type: "ADDED",
  object: object(name, version),
});
const deleted = (name: string, version: string): WatchEvent<ConfigMap> => {
  return { type: "DELETED", object: object(name, version) };
};
const bookmark = (resourceVersion: string, initialEventsEnd = false): WatchEvent<ConfigMap> => {
  return { type: "BOOKMARK", resourceVersion, initialEventsEnd };
};
const listOf = (version: string, ...items: ConfigMap[]) => ({ items, resourceVersion: version });
const expired = new KubeError("Expired", "too old");

function reflect(script: { lists?: ReturnType<typeof listOf>[]; watches: ScriptedWatch[] }, overrides = {}) {
  const source = scriptedSource(script);
  const errors: unknown[] = [];
  const informers = new Informers(source, (error) => void errors.push(error), { ...settings, ...overrides });
  informersToStop.push(informers);
  const informer: Informer<ConfigMap> = informers.inform(configMaps);
  const names = () => informer.list().map(({ metadata }) => metadata.name);
  return { ...source, source, informer, errors, names };
}

describe("the first list", () => {
  test("is streamed, and complete before anybody sees it", async () => {
    const { informer, names, requests } = reflect({
      watches: [{ events: [added("a", "3"), added("b", "5"), deleted("a", "6"), bookmark("7", true)], last: "open" }],
    });
    await informer.synced();
    expect(names()).toEqual(["b"]);
    expect(requests).toEqual(["stream"]);
  });

  test.each(["Invalid", "BadRequest"] as const)("is paged where a stream is answered with %s", async (code) => {
    const { informer, names, requests, errors } = reflect({
      lists: [listOf("9", object("a", "3"))],
      watches: [{ last: new KubeError(code, "no streams") }, { last: "open" }],
    });
    await informer.synced();
    await vi.waitFor(() => expect(requests).toEqual(["stream", "list", "watch 9"]));
    expect([names(), errors]).toEqual([["a"], []]);
  });

  test("is paged where the end of the stream is never marked", async () => {
    const { informer, names } = reflect(
      {
        lists: [listOf("9", object("a", "3"))],
        watches: [{ events: [added("a", "3")], last: "open" }, { last: "open" }],
      },
      { silenceMs: 20 },
    );
    await informer.synced();
    expect(names()).toEqual(["a"]);
  });

  test("begins anew when the stream breaks before its end", async () => {
    const { informer, names } = reflect({
      watches: [
        { events: [added("a", "3")], last: new Error("reset") },
        { events: [added("b", "4"), bookmark("5", true)], last: "open" },
      ],
    });
    await informer.synced();
    expect(names()).toEqual(["b"]);
  });
});

describe("the watch", () => {
  const first = { events: [added("a", "3"), bookmark("5", true)] };

  test("continues where it was when the server ends it", async () => {
    const { requests, names } = reflect({
      watches: [{ ...first, last: "end" }, { events: [added("b", "6"), bookmark("8")], last: "end" }, { last: "open" }],
    });
    await vi.waitFor(() => expect(requests).toEqual(["stream", "watch 5", "watch 8"]));
    expect(names()).toEqual(["a", "b"]);
  });

  test("continues where it was when it breaks, and tells of it", async () => {
    const broken = new KubeError("Unavailable", "reset");
    const { requests, errors } = reflect({ watches: [{ ...first, last: broken }, { last: "open" }] });
    await vi.waitFor(() => expect(requests).toEqual(["stream", "watch 5"]));
    expect(errors).toEqual([broken]);
  });

  test("lists again when its version is too old, and tells what was missed", async () => {
    const { informer, names, requests, errors } = reflect({
      watches: [
        { events: [added("a", "3"), added("b", "4"), bookmark("5", true)], last: "end" },
        { last: expired },
        { events: [added("b", "4"), added("c", "8"), bookmark("9", true)], last: "open" },
      ],
    });
    await informer.synced();
    const changes: string[] = [];
    informer.onChange(({ previous, current }) => {
      changes.push(`${previous?.metadata.name ?? "-"}:${current?.metadata.name ?? "-"}`);
    });
    await vi.waitFor(() => expect(requests).toEqual(["stream", "watch 5", "stream"]));
    await vi.waitFor(() => expect(names()).toEqual(["b", "c"]));
    expect([changes, errors]).toEqual([["a:-", "-:c"], []]);
  });

  test("is restarted when it is silent", async () => {
    const { requests } = reflect({ watches: [{ ...first, last: "open" }, { last: "open" }] }, { silenceMs: 20 });
    await vi.waitFor(() => expect(requests.slice(0, 3)).toEqual(["stream", "watch 5", "watch 5"]));
  });

  test("of a kind that is not served waits for it, as an empty collection", async () => {
    const { informer, names, errors } = reflect({
      watches: [{ last: new KubeError("NotServed", "no such kind") }, { ...first, last: "open" }],
    });
    await informer.synced();
    await vi.waitFor(() => expect(names()).toEqual(["a"]));
    expect(errors).toEqual([]);
  });

  test("of a kind that vanishes leaves an empty collection", async () => {
    const gone = new KubeError("NotServed", "gone");
    const { informer, names } = reflect({ watches: [{ ...first, last: "end" }, { last: gone }] });
    const changes: (string | undefined)[] = [];
    informer.onChange(({ current }) => changes.push(current?.metadata.name));
    await vi.waitFor(() => expect(changes).toEqual(["a", undefined]));
    expect(names()).toEqual([]);
  });

  test("stops with its last user", async () => {
    const { informer, requests } = reflect({ watches: [{ ...first, last: "end" }] });
    await informer.synced();
    informer.stop();
    const before = requests.length;
    await vi.waitFor(() => expect(requests.length).toBeLessThanOrEqual(before + 1));
    const unsynced = reflect({ watches: [{ last: "open" }] }).informer;
    unsynced.stop();
    await unsynced.synced();
  });
});

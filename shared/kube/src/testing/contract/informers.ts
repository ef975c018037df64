import { type ConfigMap, configMaps, namespaces } from "@elemental/api";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Change, Kube } from "../../ports.ts";
import { configMap, unserved } from "./kinds.ts";
import { createNamespace, uniqueName } from "./names.ts";

/** Watcher: the cache follows the server, and changes are told in order. */
export function informers(kubeOf: () => Kube): void {
  let kube: Kube;
  let namespace: string;
  const run = uniqueName("run");
  beforeEach(async () => {
    kube = kubeOf();
    namespace = await createNamespace(kube);
  });
  afterEach(() => kube.delete(namespaces, { namespace: "", name: namespace }));
  const labelled = (name: string, data: Record<string, string> = {}): ConfigMap => ({
    ...configMap(namespace, name, data),
    metadata: { namespace, name, labels: { run } },
  });
  const inform = (indexers: Record<string, (object: ConfigMap) => string[]> = {}) =>
    kube.inform(configMaps, { namespace, labelSelector: `run=${run}`, indexers });

  describe("informer", () => {
    test("holds what was there, then follows every change, with what was before", async () => {
      await kube.create(configMaps, labelled("a", { n: "1" }));
      const informer = inform();
      await informer.synced();
      expect(informer.list().map((object) => object.metadata.name)).toEqual(["a"]);
      const seen: string[] = [];
      informer.onChange((change) => seen.push(textOf(change)));
      await kube.create(configMaps, labelled("b", { n: "1" }));
      await kube.patch(configMaps, { namespace, name: "b" }, { type: "merge", body: { data: { n: "2" } } });
      await kube.delete(configMaps, { namespace, name: "a" });
      await vi.waitFor(() => expect(seen).toEqual(["-:b1", "b1:b2", "a1:-"]), { timeout: 10_000 });
      expect(informer.get({ namespace, name: "b" })?.data).toEqual({ n: "2" });
      expect(informer.get({ namespace, name: "a" })).toBeUndefined();
      expect([informer.list(namespace).length, informer.list("elsewhere").length]).toEqual([1, 0]);
      informer.stop();
    });

    test("an object that no longer matches the selector is gone", async () => {
      await kube.create(configMaps, labelled("a"));
      const informer = inform();
      await informer.synced();
      const body = { metadata: { labels: { run: "other" } } };
      await kube.patch(configMaps, { namespace, name: "a" }, { type: "merge", body });
      await vi.waitFor(() => expect(informer.list()).toEqual([]), { timeout: 10_000 });
      informer.stop();
    });

    test("indexes follow the objects", async () => {
      await kube.create(configMaps, labelled("a", { colour: "red" }));
      const informer = inform({ colour: (object) => [object.data?.["colour"] ?? ""] });
      await informer.synced();
      const red = () => informer.byIndex("colour", "red").map((object) => object.metadata.name);
      expect(red()).toEqual(["a"]);
      await kube.create(configMaps, labelled("b", { colour: "red" }));
      await kube.patch(configMaps, { namespace, name: "a" }, { type: "merge", body: { data: { colour: "blue" } } });
      await vi.waitFor(() => expect(red()).toEqual(["b"]), { timeout: 10_000 });
      await kube.delete(configMaps, { namespace, name: "b" });
      await vi.waitFor(() => expect(red()).toEqual([]), { timeout: 10_000 });
      expect(informer.byIndex("colour", "blue")).toHaveLength(1);
      expect(() => informer.byIndex("size", "x")).toThrow('no index "size"');
      informer.stop();
    });

    test("an indexer or listener that throws disturbs nobody (C-010)", async () => {
      await kube.create(configMaps, labelled("bad"));
      const explode = (object: ConfigMap): string[] => {
        if (object.metadata.name === "bad") throw new Error("cannot be read");
        return ["fine"];
      };
      const informer = inform({ state: explode });
      await informer.synced();
      informer.onChange(() => {
        throw new Error("listener failed");
      });
      const seen: string[] = [];
      informer.onChange((change) => seen.push(textOf(change)));
      await kube.create(configMaps, labelled("good"));
      await vi.waitFor(() => expect(seen).toEqual(["-:good"]), { timeout: 10_000 });
      expect(informer.byIndex("state", "fine")).toHaveLength(1);
      expect(informer.list()).toHaveLength(2);
      informer.stop();
    });

    test("two informers of one selection see the same; stopping one leaves the other alive", async () => {
      const [first, second] = [inform(), inform()];
      await Promise.all([first.synced(), second.synced()]);
      first.stop();
      await kube.create(configMaps, labelled("a"));
      await vi.waitFor(() => expect(second.list()).toHaveLength(1), { timeout: 10_000 });
      second.stop();
    });

    test("a kind that is not served counts as empty", async () => {
      const informer = kube.inform(unserved);
      await informer.synced();
      expect(informer.list()).toEqual([]);
      informer.stop();
    });

    test("serves() tells which kinds there are", async () => {
      expect(await kube.serves(configMaps)).toBe(true);
      expect(await kube.serves(unserved)).toBe(false);
    });
  });
}

function textOf({ previous, current }: Change<ConfigMap>): string {
  const text = (object: ConfigMap | undefined) => (object ? `${object.metadata.name}${object.data?.["n"] ?? ""}` : "-");
  return `${text(previous)}:${text(current)}`;
}

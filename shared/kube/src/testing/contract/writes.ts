import { configMaps } from "@elemental/api";
import { beforeEach, describe, expect, test } from "vitest";
import { isKubeError } from "../../errors.ts";
import type { Kube } from "../../ports.ts";
import { configMap, unserved, widget, widgets } from "./kinds.ts";
import { uniqueName } from "./names.ts";

async function codeOf(request: Promise<unknown>): Promise<string | undefined> {
  return request.then(
    () => undefined,
    (error: unknown) => (isKubeError(error) ? error.code : String(error)),
  );
}

/** Reader and Writer: what an API server answers to requests and to preconditions that do not hold. */
export function readsAndWrites(kubeOf: () => Kube, namespaceOf: () => string): void {
  let kube: Kube;
  let namespace: string;
  let name: string;
  beforeEach(() => {
    kube = kubeOf();
    namespace = namespaceOf();
    name = uniqueName("w");
  });
  const key = () => ({ namespace, name });

  describe("create and get", () => {
    test("a created object is read back with the server's metadata", async () => {
      const created = await kube.create(widgets, widget(namespace, name, { size: 1 }));
      expect(created.metadata.uid).toBeTruthy();
      expect(created.metadata.resourceVersion).toBeTruthy();
      expect(created.metadata.generation).toBe(1);
      expect(await kube.get(widgets, key())).toEqual(created);
    });

    test("a status given at creation is dropped", async () => {
      const created = await kube.create(widgets, { ...widget(namespace, name), status: { ready: true } });
      expect(created.status).toBeUndefined();
    });

    test("an integer beyond 2^53 survives a read and a write", async () => {
      await kube.create(widgets, widget(namespace, name, { seed: 9223372036854775807n }));
      await kube.patch(widgets, key(), { type: "merge", body: { spec: { size: 2 } } });
      expect((await kube.get(widgets, key())).spec).toEqual({ seed: 9223372036854775807n, size: 2 });
    });

    test("creating it again is AlreadyExists, reading what is not there NotFound, an unknown kind NotServed", async () => {
      await kube.create(configMaps, configMap(namespace, name));
      expect(await codeOf(kube.create(configMaps, configMap(namespace, name)))).toBe("AlreadyExists");
      expect(await codeOf(kube.get(configMaps, { namespace, name: "absent" }))).toBe("NotFound");
      expect(await codeOf(kube.get(unserved, key()))).toBe("NotServed");
      expect(await codeOf(kube.list(unserved))).toBe("NotServed");
    });
  });

  describe("list", () => {
    test("selectors and the namespace choose; items know their kind", async () => {
      const labels = (app: string) => ({ metadata: { namespace, name: `${name}-${app}`, labels: { app, run: name } } });
      for (const app of ["a", "b", "c"]) await kube.create(configMaps, { ...configMap("", ""), ...labels(app) });
      const named = async (options: object) => (await kube.list(configMaps, options)).items.map((i) => i.metadata.name);
      expect(await named({ namespace, labelSelector: `run=${name},app in (a,c)` })).toEqual([`${name}-a`, `${name}-c`]);
      expect(await named({ labelSelector: `run=${name},app!=a` })).toEqual([`${name}-b`, `${name}-c`]);
      expect(await named({ namespace, fieldSelector: `metadata.name=${name}-b` })).toEqual([`${name}-b`]);
      const { items, resourceVersion } = await kube.list(configMaps, { namespace, labelSelector: `run=${name}` });
      expect(items.map((item) => `${item.apiVersion} ${item.kind}`)).toEqual(Array(3).fill("v1 ConfigMap"));
      expect(Number(resourceVersion)).toBeGreaterThan(0);
    });
  });

  describe("merge patch", () => {
    test("adds, replaces and removes members; a changed specification is a new generation", async () => {
      await kube.create(widgets, widget(namespace, name, { size: 1, parts: ["a"], tags: { x: "1", y: "2" } }));
      const body = { spec: { size: null, parts: ["b"], tags: { x: null, z: "3" } } };
      const patched = await kube.patch(widgets, key(), { type: "merge", body });
      expect(patched.spec).toEqual({ parts: ["b"], tags: { y: "2", z: "3" } });
      expect(patched.metadata.generation).toBe(2);
    });

    test("metadata changes the version, not the generation; a patch without effect changes neither", async () => {
      const created = await kube.create(widgets, widget(namespace, name));
      const patch = { type: "merge", body: { metadata: { labels: { a: "b" } } } } as const;
      const patched = await kube.patch(widgets, key(), patch);
      expect(patched.metadata.generation).toBe(1);
      expect(patched.metadata.resourceVersion).not.toBe(created.metadata.resourceVersion);
      const again = await kube.patch(widgets, key(), patch);
      expect(again.metadata.resourceVersion).toBe(patched.metadata.resourceVersion);
    });

    test("an old resourceVersion in the body is a Conflict and writes nothing", async () => {
      const { metadata } = await kube.create(widgets, widget(namespace, name, { size: 1 }));
      const body = (size: number) => ({ metadata: { resourceVersion: metadata.resourceVersion }, spec: { size } });
      await kube.patch(widgets, key(), { type: "merge", body: body(2) });
      expect(await codeOf(kube.patch(widgets, key(), { type: "merge", body: body(3) }))).toBe("Conflict");
      expect((await kube.get(widgets, key())).spec?.size).toBe(2);
    });

    test("patching what is not there is NotFound", async () => {
      expect(await codeOf(kube.patch(widgets, key(), { type: "merge", body: { spec: {} } }))).toBe("NotFound");
    });
  });

  describe("JSON patch", () => {
    test("a test of the resourceVersion guards it", async () => {
      const { metadata } = await kube.create(widgets, widget(namespace, name, { size: 1 }));
      const guarded = (value: number) => ({
        type: "json" as const,
        body: [
          { op: "test" as const, path: "/metadata/resourceVersion", value: metadata.resourceVersion },
          { op: "replace" as const, path: "/spec/size", value },
        ],
      });
      expect((await kube.patch(widgets, key(), guarded(2))).spec?.size).toBe(2);
      expect(await codeOf(kube.patch(widgets, key(), guarded(3)))).toBe("Conflict");
      expect((await kube.get(widgets, key())).spec?.size).toBe(2);
    });

    test("an operation on a path that is not there is Invalid", async () => {
      await kube.create(widgets, widget(namespace, name));
      const body = [{ op: "remove" as const, path: "/spec/absent" }];
      expect(await codeOf(kube.patch(widgets, key(), { type: "json", body }))).toBe("Invalid");
    });
  });

  describe("status", () => {
    test("patch leaves the status alone, patchStatus everything else", async () => {
      await kube.create(widgets, widget(namespace, name, { size: 1 }));
      const body = { spec: { size: 2 }, status: { ready: true } };
      const main = await kube.patch(widgets, key(), { type: "merge", body });
      expect([main.spec?.size, main.status?.ready]).toEqual([2, undefined]);
      const other = { spec: { size: 3 }, status: { ready: true }, metadata: { labels: { a: "b" } } };
      const status = await kube.patchStatus(widgets, key(), { type: "merge", body: other });
      expect([status.spec?.size, status.status?.ready, status.metadata.labels]).toEqual([2, true, undefined]);
      expect(status.metadata.generation).toBe(main.metadata.generation);
    });

    test("the version that a write returned is good for the next write of the status (D-01)", async () => {
      await kube.create(widgets, widget(namespace, name));
      const { metadata } = await kube.patch(widgets, key(), {
        type: "merge",
        body: { metadata: { labels: { a: "b" } } },
      });
      const conditional = (phase: string) => ({
        type: "merge" as const,
        body: { metadata: { resourceVersion: metadata.resourceVersion }, status: { phase } },
      });
      expect((await kube.patchStatus(widgets, key(), conditional("one"))).status?.phase).toBe("one");
      expect(await codeOf(kube.patchStatus(widgets, key(), conditional("two")))).toBe("Conflict");
    });
  });

  describe("server-side apply", () => {
    test("creates, changes and removes only what is applied", async () => {
      const applied = (spec: object) => kube.apply(widgets, { ...widget(namespace, name), spec });
      await applied({ size: 1, tags: { a: "1", b: "2" } });
      await kube.patch(widgets, key(), { type: "merge", body: { metadata: { labels: { user: "x" } } } });
      const result = await applied({ size: 2, tags: { b: "2" } });
      expect(result.spec).toEqual({ size: 2, tags: { b: "2" } });
      expect(result.metadata.labels).toEqual({ user: "x" });
    });
  });

  describe("delete", () => {
    test("removes; deleting what is not there is no error", async () => {
      await kube.create(configMaps, configMap(namespace, name));
      await kube.delete(configMaps, key());
      expect(await codeOf(kube.get(configMaps, key()))).toBe("NotFound");
      await kube.delete(configMaps, key());
    });

    test("preconditions on uid and resourceVersion", async () => {
      const { metadata } = await kube.create(configMaps, configMap(namespace, name));
      const uid = "00000000-0000-4000-8000-000000000000";
      expect(await codeOf(kube.delete(configMaps, key(), { uid }))).toBe("Conflict");
      expect(await codeOf(kube.delete(configMaps, key(), { resourceVersion: "1" }))).toBe("Conflict");
      await kube.delete(configMaps, key(), {
        uid: metadata.uid ?? "",
        resourceVersion: metadata.resourceVersion ?? "",
      });
      expect(await codeOf(kube.get(configMaps, key()))).toBe("NotFound");
    });

    test("a finalizer keeps the object until it is removed, and none can be added", async () => {
      const object = widget(namespace, name);
      object.metadata.finalizers = ["contract.elemental.cattle.io/one"];
      await kube.create(widgets, object);
      await kube.delete(widgets, key());
      expect((await kube.get(widgets, key())).metadata.deletionTimestamp).toBeTruthy();
      const finalizers = (names: string[]) => kube.patch(widgets, key(), finalizerPatch(names));
      expect(await codeOf(finalizers(["contract.elemental.cattle.io/one", "a.b/c"]))).toBe("Invalid");
      await finalizers([]);
      expect(await codeOf(kube.get(widgets, key()))).toBe("NotFound");
    });
  });
}

function finalizerPatch(finalizers: string[]) {
  return { type: "merge", body: { metadata: { finalizers } } } as const;
}

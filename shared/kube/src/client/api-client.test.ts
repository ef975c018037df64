import { configMaps } from "@elemental/api";
import { expect, test } from "vitest";
import { KubeError } from "../errors.ts";
import { configMap } from "../testing/contract/kinds.ts";
import { ApiClient } from "./api-client.ts";
import type { Transport } from "./transport.ts";

/** A server that answers from a list, and the requests it got. */
function answering(...answers: (object | KubeError)[]) {
  const requests: string[] = [];
  const transport: Transport = {
    async request({ method, path }) {
      requests.push(`${method} ${path}`);
      const answer = answers.shift();
      if (answer instanceof KubeError) throw answer;
      return JSON.stringify(answer);
    },
    stream: () => Promise.reject(new Error("no streams")),
    close: async () => {},
  };
  const closed = new AbortController().signal;
  return {
    requests,
    client: new ApiClient({ transport, fieldManager: "me", deadlineMs: 1000, closed, report: () => {} }),
  };
}

const page = (names: string[], next?: string) => ({
  metadata: { resourceVersion: "9", ...(next && { continue: next }) },
  items: names.map((name) => ({ metadata: { namespace: "ns", name } })),
});
const expired = new KubeError("Expired", "the continue token is too old", { status: 410 });
const key = { namespace: "ns", name: "c" };

test("a list is read page by page", async () => {
  const { client, requests } = answering(page(["a", "b"], "next"), page(["c"]));
  const { items, resourceVersion } = await client.list(configMaps, { namespace: "ns", labelSelector: "a=b" });
  expect([items.map(({ metadata }) => metadata.name), resourceVersion]).toEqual([["a", "b", "c"], "9"]);
  expect(items[0]).toMatchObject({ apiVersion: "v1", kind: "ConfigMap" });
  const path = "GET /api/v1/namespaces/ns/configmaps?labelSelector=a%3Db&limit=500";
  expect(requests).toEqual([path, `${path}&continue=next`]);
});

test("a list whose pages expire is read at once", async () => {
  const { client, requests } = answering(page(["a"], "next"), expired, page(["a", "b"]));
  expect((await client.list(configMaps)).items).toHaveLength(2);
  expect(requests.at(-1)).toBe("GET /api/v1/configmaps");
});

test.each([
  ["8", "Conflict"],
  ["7", "Invalid"],
])("a refused JSON patch with a test, of an object at version %s, is %s", async (resourceVersion, code) => {
  const refused = new KubeError("Invalid", "the server rejected our request", { status: 422 });
  const { client, requests } = answering(refused, { ...configMap("ns", "c"), metadata: { ...key, resourceVersion } });
  const body = [{ op: "test" as const, path: "/metadata/resourceVersion", value: "7" }];
  await expect(client.patch(configMaps, key, { type: "json", body })).rejects.toMatchObject({ code });
  expect(requests).toEqual([
    "PATCH /api/v1/namespaces/ns/configmaps/c?fieldManager=me",
    "GET /api/v1/namespaces/ns/configmaps/c",
  ]);
});

test("an object without a name never addresses its collection", async () => {
  const { client, requests } = answering();
  await expect(client.get(configMaps, { namespace: "ns", name: "" })).rejects.toThrow("needs a name");
  await expect(client.delete(configMaps, { namespace: "", name: "c" })).rejects.toThrow("needs a namespace");
  await expect(client.patch(configMaps, { namespace: "ns", name: "" }, { type: "merge", body: {} })).rejects.toThrow();
  expect(requests).toEqual([]);
});

test("names are escaped in paths", async () => {
  const { client, requests } = answering(configMap("ns", "a/../b"));
  await client.get(configMaps, { namespace: "ns", name: "a/../b" });
  expect(requests).toEqual(["GET /api/v1/namespaces/ns/configmaps/a%2F..%2Fb"]);
});

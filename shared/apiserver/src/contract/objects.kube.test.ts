import { beforeEach, describe, expect, test } from "vitest";
import { type Body, call, del, mergePatch, newNamespace, post, put } from "../testing/api.ts";

let namespace: string;
let root: string;

beforeEach(async () => {
  namespace = await newNamespace();
  root = `/api/v1/namespaces/${namespace}`;
});

/** The fields that causes name. */
const causes = (body: Body): string[] => body.details.causes.map(({ field }: Body) => field);

const strategic = (path: string, body: unknown) =>
  call("PATCH", path, body, { contentType: "application/strategic-merge-patch+json" });

describe("decoding", () => {
  test("unknown fields: dropped with a warning, refused when strict", async () => {
    const map = { metadata: { name: "a" }, foo: 1 };
    const strict = await post(`${root}/configmaps?fieldValidation=Strict`, map);
    expect([strict.status, strict.body.message]).toEqual([400, expect.stringContaining('unknown field "foo"')]);
    const { body, headers } = await post(`${root}/configmaps`, map);
    expect([body.foo, String(headers.warning)]).toEqual([
      undefined,
      expect.stringContaining('unknown field \\"foo\\"'),
    ]);
  });

  test("nulls and empty maps are absent", async () => {
    const { body } = await post(`${root}/configmaps`, {
      metadata: { name: "a", labels: {}, annotations: null },
      data: {},
    });
    expect([body.metadata.labels, body.metadata.annotations, body.data]).toEqual([undefined, undefined, undefined]);
  });

  test.each([
    ["not JSON", "{bad", {}, 400],
    ["another kind", { kind: "Secret", apiVersion: "v1", metadata: { name: "a" } }, {}, 400],
    ["another namespace", { metadata: { name: "a", namespace: "other" } }, {}, 400],
    ["text", "x", { contentType: "text/plain" }, 415],
    ["a resourceVersion on create", { metadata: { name: "a", resourceVersion: "3" } }, {}, 500],
  ])("%s", async (...[, body, options, status]) => {
    expect((await post(`${root}/configmaps`, body, options)).status).toBe(status);
  });

  test("YAML is taken too", async () => {
    const text = "metadata:\n  name: a\ndata:\n  k: v\n";
    const { status, body } = await post(`${root}/configmaps`, text, { contentType: "application/yaml" });
    expect([status, body.data]).toEqual([201, { k: "v" }]);
  });
});

describe("metadata", () => {
  test.each([
    ["labels", { labels: { "bad key!": "x" } }, ["metadata.labels"]],
    ["label values", { labels: { a: "-x" } }, ["metadata.labels"]],
    ["annotations", { annotations: { "bad key!": "x" } }, ["metadata.annotations"]],
    ["finalizers", { finalizers: ["x"] }, ["metadata.finalizers[0]"]],
    [
      "owners",
      { ownerReferences: [{ name: "a" }] },
      ["metadata.ownerReferences.apiVersion", "metadata.ownerReferences.kind", "metadata.ownerReferences.uid"],
    ],
    [
      "two controllers",
      {
        ownerReferences: ["x", "y"].map((uid) => ({
          apiVersion: "v1",
          kind: "Secret",
          name: "a",
          uid,
          controller: true,
        })),
      },
      ["metadata.ownerReferences"],
    ],
  ])("bad %s -> 422", async (_what, metadata, fields) => {
    const { status, body } = await post(`${root}/configmaps`, { metadata: { name: "a", ...metadata } });
    expect([status, causes(body)]).toEqual([422, fields]);
  });

  test("identity and creation time are the server's", async () => {
    const { body } = await post(`${root}/configmaps`, { metadata: { name: "a" } });
    const { status, body: replaced } = await put(`${root}/configmaps/a`, {
      metadata: { name: "a", creationTimestamp: "2020-01-01T00:00:00Z" },
    });
    expect([status, replaced.metadata.creationTimestamp]).toEqual([200, body.metadata.creationTimestamp]);
    expect((await put(`${root}/configmaps/a`, { metadata: { name: "a", uid: "other" } })).status).toBe(409);
    expect(causes((await mergePatch(`${root}/configmaps/a`, { metadata: { uid: "other" } })).body)).toContain(
      "metadata.uid",
    );
  });
});

describe("strategic merge patch", () => {
  test("merges lists by key, reorders, and deletes what is marked", async () => {
    const ports = [
      { name: "a", port: 1 },
      { name: "b", port: 2 },
    ];
    await post(`${root}/services`, { metadata: { name: "s" }, spec: { ports } });
    const { body } = await strategic(`${root}/services/s`, {
      spec: {
        $setElementOrder: undefined,
        "$setElementOrder/ports": [{ port: 3 }, { port: 2 }],
        ports: [
          { port: 1, $patch: "delete" },
          { port: 3, name: "c" },
        ],
      },
    });
    expect(body.spec.ports.map(({ name }: Body) => name)).toEqual(["c", "b"]);
    await mergePatch(`${root}/services/s`, { metadata: { finalizers: ["example.com/a", "example.com/b"] } });
    const { body: shortened } = await strategic(`${root}/services/s`, {
      metadata: { "$deleteFromPrimitiveList/finalizers": ["example.com/a"] },
    });
    expect(shortened.metadata.finalizers).toEqual(["example.com/b"]);
    await mergePatch(`${root}/services/s`, { metadata: { finalizers: null } });
  });

  test("replaces maps that are marked", async () => {
    await post(`${root}/configmaps`, { metadata: { name: "a" }, data: { k: "1", l: "2" } });
    const { body } = await strategic(`${root}/configmaps/a`, { data: { $patch: "replace", m: "3" } });
    expect(body.data).toEqual({ m: "3" });
  });
});

describe("propagation", () => {
  test.each([
    ["Foreground", ["foregroundDeletion"]],
    ["Orphan", ["orphan"]],
  ])(
    "%s marks the object with a finalizer, which garbage collection removes",
    async (propagationPolicy, finalizers) => {
      await post(`${root}/configmaps`, { metadata: { name: "a", finalizers: ["example.com/hold"] } });
      const { body } = await del(`${root}/configmaps/a`, { propagationPolicy });
      expect(body.metadata.finalizers).toEqual(["example.com/hold", ...finalizers]);
      await mergePatch(`${root}/configmaps/a`, { metadata: { finalizers: null } });
    },
  );

  test("the policy can be chosen while the object is held", async () => {
    await post(`${root}/configmaps`, { metadata: { name: "a", finalizers: ["example.com/hold"] } });
    await del(`${root}/configmaps/a`);
    const { body } = await del(`${root}/configmaps/a`, { propagationPolicy: "Foreground" });
    expect(body.metadata.finalizers).toContain("foregroundDeletion");
    await mergePatch(`${root}/configmaps/a`, { metadata: { finalizers: null } });
  });

  test("an unknown policy -> 422", async () => {
    await post(`${root}/configmaps`, { metadata: { name: "a" } });
    expect((await del(`${root}/configmaps/a`, { propagationPolicy: "Sideways" })).status).toBe(422);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { type Body, call, del, eventually, get, mergePatch, newNamespace, post } from "../testing/api.ts";

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

describe("namespaces", () => {
  test("one that does not exist -> 404, whatever is created in it", async () => {
    const { status, body } = await post("/api/v1/namespaces/absent/configmaps", { metadata: { name: "a" } });
    expect([status, body.details]).toEqual([404, { name: "absent", kind: "namespaces" }]);
  });

  test("is labelled with its name and starts as Active", async () => {
    const { body } = await get(`/api/v1/namespaces/${namespace}`);
    expect(body).toMatchObject({
      metadata: { labels: { "kubernetes.io/metadata.name": namespace } },
      spec: { finalizers: ["kubernetes"] },
      status: { phase: "Active" },
    });
  });

  test("deletion: Terminating, no new content, then gone with everything in it", async () => {
    await post(`${root}/configmaps`, { metadata: { name: "held", finalizers: ["example.com/hold"] } });
    const { status, body } = await del(`/api/v1/namespaces/${namespace}`);
    expect([status, body.status.phase]).toEqual([200, "Terminating"]);
    const refused = await post(`${root}/configmaps`, { metadata: { name: "late" } });
    expect([refused.status, refused.body.reason]).toEqual([403, "Forbidden"]);
    expect(refused.body.details.causes[0].reason).toBe("NamespaceTerminating");
    await mergePatch(`${root}/configmaps/held`, { metadata: { finalizers: null } });
    await eventually("it is gone", async () => (await get(`/api/v1/namespaces/${namespace}`)).status === 404);
  });

  test("the ones of the system stay", async () => {
    expect((await del("/api/v1/namespaces/kube-system")).status).toBe(403);
    expect((await del("/api/v1/namespaces")).status).toBe(405);
  });
});

describe("secrets", () => {
  test("stringData is encoded; the type is Opaque and stays", async () => {
    const { body } = await post(`${root}/secrets`, {
      metadata: { name: "s" },
      data: { a: "eA==" },
      stringData: { b: "y" },
    });
    expect([body.type, body.data, body.stringData]).toEqual(["Opaque", { a: "eA==", b: "eQ==" }, undefined]);
    const changed = await mergePatch(`${root}/secrets/s`, { type: "other" });
    expect([changed.status, causes(changed.body)]).toEqual([422, ["type"]]);
  });

  test.each([
    ["a bad key", { data: { "a b": "eA==" } }, 422],
    ["no base64", { data: { a: "@@" } }, 400],
    ["a number", { data: { a: 1 } }, 400],
    ["TLS without its keys", { type: "kubernetes.io/tls" }, 422],
    ["a token without account", { type: "kubernetes.io/service-account-token" }, 422],
  ])("%s -> refused", async (_what, part, status) => {
    expect((await post(`${root}/secrets`, { metadata: { name: "s" }, ...part })).status).toBe(status);
  });

  test("over 1 MiB -> 422", async () => {
    const data = { a: Buffer.alloc(1024 * 1024 + 1).toString("base64") };
    expect((await post(`${root}/secrets`, { metadata: { name: "s" }, data })).status).toBe(422);
  });

  test("immutable ones stay as they are", async () => {
    await post(`${root}/secrets`, { metadata: { name: "s" }, immutable: true, data: { a: "eA==" } });
    expect(causes((await mergePatch(`${root}/secrets/s`, { data: { b: "eA==" } })).body)).toEqual(["data"]);
    expect(causes((await mergePatch(`${root}/secrets/s`, { immutable: null })).body)).toEqual(["immutable"]);
    expect((await mergePatch(`${root}/secrets/s`, { metadata: { labels: { a: "b" } } })).status).toBe(200);
  });
});

describe("services", () => {
  test("get an address that stays", async () => {
    const { body } = await post(`${root}/services`, {
      metadata: { name: "s" },
      spec: { ports: [{ port: 80 }], selector: { a: "b" } },
    });
    expect(body.spec).toMatchObject({
      type: "ClusterIP",
      sessionAffinity: "None",
      ports: [{ port: 80, protocol: "TCP", targetPort: 80 }],
    });
    expect(body.spec.clusterIP).toMatch(/^10\./);
    expect((await strategic(`${root}/services/s`, { spec: { selector: { c: "d" } } })).body.spec.clusterIP).toBe(
      body.spec.clusterIP,
    );
    expect((await mergePatch(`${root}/services/s`, { spec: { clusterIP: "10.96.0.77" } })).status).toBe(422);
    expect((await del(`${root}/services/s`)).body.kind).toBe("Service");
  });

  test.each([
    ["no ports", {}, ["spec.ports"]],
    ["several ports without name", { ports: [{ port: 1 }, { port: 2 }] }, ["spec.ports[0].name", "spec.ports[1].name"]],
    ["an unknown type", { type: "X", ports: [{ port: 1 }] }, ["spec.type"]],
    ["port 0", { ports: [{ port: 0, targetPort: 1 }] }, ["spec.ports[0].port"]],
  ])("%s -> 422", async (_what, spec, fields) => {
    const { body } = await post(`${root}/services`, { metadata: { name: "s" }, spec });
    expect(causes(body)).toEqual(fields);
  });
});

import { beforeEach, describe, expect, test } from "vitest";
import { type Body, get, mergePatch, newNamespace, post, put } from "../testing/api.ts";

let namespace: string;
let root: string;

beforeEach(async () => {
  namespace = await newNamespace();
  root = `/api/v1/namespaces/${namespace}`;
});

/** The fields that causes name. */
const causes = (body: Body): string[] => body.details.causes.map(({ field }: Body) => field);

describe("events", () => {
  const legacy = (name: string) => ({
    metadata: { name },
    involvedObject: { kind: "Pod", name: "x", namespace },
    reason: "R",
    message: "m",
    type: "Normal",
    source: { component: "c" },
    firstTimestamp: "2026-01-01T00:00:00Z",
    lastTimestamp: "2026-01-01T00:00:00Z",
    count: 1,
  });

  test("are the same in both groups", async () => {
    await post(`${root}/events`, legacy("e"));
    const grouped = `/apis/events.k8s.io/v1/namespaces/${namespace}/events`;
    const { body } = await get(`${grouped}/e`);
    expect(body).toMatchObject({
      apiVersion: "events.k8s.io/v1",
      regarding: { kind: "Pod", name: "x" },
      note: "m",
      deprecatedCount: 1,
      deprecatedSource: { component: "c" },
    });
    const item = {
      metadata: { name: "f" },
      regarding: { kind: "Pod", name: "x", namespace },
      reason: "R",
      note: "n",
      type: "Warning",
      action: "A",
      reportingController: "example.com/c",
      reportingInstance: "i",
      eventTime: "2026-01-01T00:00:00.000000Z",
    };
    expect((await post(grouped, item)).status).toBe(201);
    expect((await get(`${root}/events/f`)).body).toMatchObject({ message: "n", reportingComponent: "example.com/c" });
    expect(causes((await post(grouped, { ...item, metadata: { name: "g" }, eventTime: undefined })).body)).toEqual([
      "eventTime",
    ]);
  });

  test("belong to the namespace of their object and are found by it", async () => {
    await post(`${root}/events`, legacy("e"));
    const other = { ...legacy("f"), involvedObject: { kind: "Pod", name: "x", namespace: "other" } };
    expect(causes((await post(`${root}/events`, other)).body)).toEqual(["involvedObject.namespace"]);
    const query = "fieldSelector=involvedObject.name%3Dx,involvedObject.kind%3DPod,reason%3DR";
    expect((await get(`${root}/events?${query}`)).body.items).toHaveLength(1);
  });
});

describe("leases", () => {
  const leases = () => `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases`;

  test("are created by PUT too, and replaced only with their version", async () => {
    const lease = { metadata: { name: "l" }, spec: { holderIdentity: "a", renewTime: "2026-01-01T00:00:00.000000Z" } };
    const { status, body } = await put(`${leases()}/l`, lease);
    expect([status, body.spec.renewTime]).toEqual([201, "2026-01-01T00:00:00.000000Z"]);
    expect((await put(`${leases()}/l`, lease)).status).toBe(422);
    expect((await put(`${leases()}/l`, { ...body, spec: { holderIdentity: "b" } })).status).toBe(200);
    expect((await put(`${leases()}/l`, { ...body, spec: { holderIdentity: "c" } })).status).toBe(409);
  });

  test("times have microseconds", async () => {
    expect(
      (await post(leases(), { metadata: { name: "l" }, spec: { renewTime: "2026-01-01T00:00:00Z" } })).status,
    ).toBe(400);
  });
});

describe("roles", () => {
  const group = () => `/apis/rbac.authorization.k8s.io/v1/namespaces/${namespace}`;

  test("are stored; a binding keeps its role", async () => {
    const rules = [{ apiGroups: [""], resources: ["secrets"], verbs: ["get"] }];
    expect((await post(`${group()}/roles`, { metadata: { name: "r:1" }, rules })).status).toBe(201);
    const binding = {
      metadata: { name: "b" },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "r:1" },
      subjects: [{ kind: "ServiceAccount", name: "default", namespace }],
    };
    expect((await post(`${group()}/rolebindings`, binding)).status).toBe(201);
    expect(causes((await mergePatch(`${group()}/rolebindings/b`, { roleRef: { name: "x" } })).body)).toEqual([
      "roleRef",
    ]);
  });

  test("rules without verbs or resources -> 422", async () => {
    const { body } = await post(`${group()}/roles`, {
      metadata: { name: "r" },
      rules: [{ apiGroups: [""], resources: ["x"] }],
    });
    expect(causes(body)).toEqual(["rules[0].verbs"]);
  });
});

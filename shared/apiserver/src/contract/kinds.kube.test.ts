import { beforeEach, describe, expect, test } from "vitest";
import {
  type Body,
  call,
  del,
  eventually,
  get,
  mergePatch,
  newNamespace,
  post,
  put,
  uniqueName,
} from "../testing/api.ts";

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

describe("pods", () => {
  const pod = (spec: object) => ({ metadata: { name: "p" }, spec });
  const containers = [{ name: "c", image: "example.com/i" }];

  beforeEach(async () => {
    await eventually(
      "there is a ServiceAccount",
      async () => (await get(`${root}/serviceaccounts/default`)).status === 200,
    );
  });

  test("defaults", async () => {
    const { body } = await post(
      `${root}/pods`,
      pod({ containers: [{ ...containers[0], ports: [{ containerPort: 80 }] }] }),
    );
    expect(body.spec).toMatchObject({
      restartPolicy: "Always",
      dnsPolicy: "ClusterFirst",
      terminationGracePeriodSeconds: 30,
      serviceAccountName: "default",
      containers: [{ imagePullPolicy: "Always", terminationMessagePolicy: "File", ports: [{ protocol: "TCP" }] }],
    });
    expect([body.status.phase, body.metadata.generation]).toEqual(["Pending", 1]);
  });

  test.each([
    ["no containers", {}, ["spec.containers"]],
    ["no name or image", { containers: [{}] }, ["spec.containers[0].name", "spec.containers[0].image"]],
    ["the same name twice", { containers: [...containers, ...containers] }, ["spec.containers[1].name"]],
    ["an unknown restart policy", { restartPolicy: "X", containers }, ["spec.restartPolicy"]],
    [
      "a mount without volume",
      { containers: [{ ...containers[0], volumeMounts: [{ name: "no", mountPath: "/x" }] }] },
      ["spec.containers[0].volumeMounts[0].name"],
    ],
    [
      "a Secret volume without its name",
      { volumes: [{ name: "v", secret: {} }], containers },
      ["spec.volumes[0].secret.secretName"],
    ],
  ])("%s -> 422", async (_what, spec, fields) => {
    const { status, body } = await post(`${root}/pods`, pod(spec));
    expect([status, causes(body)]).toEqual([422, fields]);
  });

  test("an absent ServiceAccount -> 403", async () => {
    expect((await post(`${root}/pods`, pod({ serviceAccountName: "nope", containers }))).status).toBe(403);
  });

  test("only images and deadlines change", async () => {
    await post(`${root}/pods`, pod({ containers }));
    const image = await strategic(`${root}/pods/p`, { spec: { containers: [{ name: "c", image: "example.com/j" }] } });
    expect([image.status, image.body.metadata.generation]).toEqual([200, 2]);
    const added = await strategic(`${root}/pods/p`, { spec: { containers: [{ name: "d", image: "x" }] } });
    expect(causes(added.body)).toEqual(["spec.containers"]);
    expect(causes((await mergePatch(`${root}/pods/p`, { spec: { restartPolicy: "Never" } })).body)).toEqual(["spec"]);
  });

  test("one that was never scheduled is gone at once, one on a node has its time", async () => {
    await post(`${root}/pods`, pod({ containers }));
    expect((await del(`${root}/pods/p`)).body.kind).toBe("Pod");
    expect((await get(`${root}/pods/p`)).status).toBe(404);
    const node = uniqueName("node");
    await post(`${root}/pods`, pod({ containers, nodeName: node }));
    const { body } = await del(`${root}/pods/p`);
    expect(body.metadata).toMatchObject({ deletionGracePeriodSeconds: 30, deletionTimestamp: expect.any(String) });
    expect((await get(`/api/v1/pods?fieldSelector=spec.nodeName%3D${node}`)).body.items).toHaveLength(1);
    expect((await del(`${root}/pods/p?gracePeriodSeconds=0`)).status).toBe(200);
    expect((await get(`${root}/pods/p`)).status).toBe(404);
  });

  test("logs: nothing before it is scheduled, only of its own containers", async () => {
    const two = [...containers, { name: "d", image: "x" }];
    await post(`${root}/pods`, pod({ containers: two }));
    expect((await get(`${root}/pods/p/log`)).status).toBe(400);
    expect((await get(`${root}/pods/p/log?container=c`)).status).toBe(204);
    expect((await get(`${root}/pods/p/log?container=x`)).status).toBe(400);
    expect((await get(`${root}/pods/p/log?container=c&tailLines=-1`)).status).toBe(422);
    expect((await post(`${root}/pods/p/log`, {})).status).toBe(405);
    expect((await get(`${root}/pods/absent/log`)).status).toBe(404);
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

  test("an unknown policy -> 422", async () => {
    await post(`${root}/configmaps`, { metadata: { name: "a" } });
    expect((await del(`${root}/configmaps/a`, { propagationPolicy: "Sideways" })).status).toBe(422);
  });
});

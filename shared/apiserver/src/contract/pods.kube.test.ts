import { beforeEach, describe, expect, test } from "vitest";
import { type Body, call, del, eventually, get, mergePatch, newNamespace, post, uniqueName } from "../testing/api.ts";

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

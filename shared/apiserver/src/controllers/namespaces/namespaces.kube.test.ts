import { expect, test, vi } from "vitest";
import { del, eventually, get, mergePatch, newNamespace, post } from "../../testing/api.ts";

// A real namespace controller looks at what remains in growing intervals.
function gone(name: string): Promise<void> {
  const isGone = async () => expect((await get(`/api/v1/namespaces/${name}`)).status).toBe(404);
  return vi.waitFor(isGone, { timeout: 28_000, interval: 100 });
}

test.each(["default", "kube-system", "kube-public", "kube-node-lease"])("namespace %s is there", async (name) => {
  const { status, body } = await get(`/api/v1/namespaces/${name}`);
  expect(status).toBe(200);
  expect(body).toMatchObject({ spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } });
});

test("a deleted namespace goes with its content", async () => {
  const name = await newNamespace();
  await post(`/api/v1/namespaces/${name}/configmaps`, { metadata: { name: "content" } });
  await post(`/api/v1/namespaces/${name}/secrets`, { metadata: { name: "content" } });
  await del(`/api/v1/namespaces/${name}`);
  await gone(name);
  expect((await get(`/api/v1/namespaces/${name}/configmaps`)).body.items).toEqual([]);
  expect((await get(`/api/v1/namespaces/${name}/secrets`)).body.items).toEqual([]);
});

test("a namespace waits for content with a finalizer, says so, and takes nothing new", async () => {
  const name = await newNamespace();
  const maps = `/api/v1/namespaces/${name}/configmaps`;
  await post(maps, { metadata: { name: "held", finalizers: ["example.com/hold"] } });
  const { status, body: answer } = await del(`/api/v1/namespaces/${name}`);
  expect(status).toBe(200);
  expect(answer).toMatchObject({ kind: "Namespace", status: { phase: "Terminating" } });
  const conditions = await eventually("conditions name what remains", async () => {
    const { body } = await get(`/api/v1/namespaces/${name}`);
    return (
      body.status.conditions?.some((c: { type: string }) => c.type === "NamespaceFinalizersRemaining") &&
      body.status.conditions
    );
  });
  expect(conditions).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        type: "NamespaceContentRemaining",
        status: "True",
        reason: "SomeResourcesRemain",
        message: "Some resources are remaining: configmaps. has 1 resource instances",
      }),
      expect.objectContaining({
        type: "NamespaceFinalizersRemaining",
        status: "True",
        reason: "SomeFinalizersRemain",
        message: "Some content in the namespace has finalizers remaining: example.com/hold in 1 resource instances",
      }),
    ]),
  );
  const refused = await post(maps, { metadata: { name: "late" } });
  expect(refused.status).toBe(403);
  expect(refused.body.reason).toBe("Forbidden");
  expect((await get(`${maps}/held`)).body.metadata.deletionTimestamp).toBeTypeOf("string");
  await mergePatch(`${maps}/held`, { metadata: { finalizers: null } });
  await gone(name);
});

test("every namespace gets a ServiceAccount default and the API's certificate authority, and gets them back", async () => {
  const name = await newNamespace();
  const paths = [
    `/api/v1/namespaces/${name}/serviceaccounts/default`,
    `/api/v1/namespaces/${name}/configmaps/kube-root-ca.crt`,
  ];
  for (const path of paths) {
    const first = await eventually(`${path} is there`, async () => {
      const answer = await get(path);
      return answer.status === 200 && answer.body.metadata.uid;
    });
    await del(path);
    await eventually(`${path} is there again`, async () => {
      const { status, body } = await get(path);
      return status === 200 && body.metadata.uid !== first;
    });
  }
  const { body } = await get(paths[1] ?? "");
  expect(body.data["ca.crt"]).toMatch(/^-----BEGIN CERTIFICATE-----/);
});

test("the published certificate authority is mended when somebody changes it", async () => {
  const name = await newNamespace();
  const path = `/api/v1/namespaces/${name}/configmaps/kube-root-ca.crt`;
  const genuine = await eventually("it is there", async () => (await get(path)).body.data?.["ca.crt"]);
  await mergePatch(path, { data: { "ca.crt": "forged" } });
  await eventually("it is genuine again", async () => (await get(path)).body.data["ca.crt"] === genuine);
});

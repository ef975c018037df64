import { beforeEach, expect, test } from "vitest";
import { type Body, del, eventually, get, mergePatch, newNamespace, post } from "../../testing/api.ts";

let namespace: string;
let base: string;

beforeEach(async () => {
  namespace = await newNamespace();
  base = `/api/v1/namespaces/${namespace}`;
});

async function createAccount(name = "robot"): Promise<Body> {
  return (await post(`${base}/serviceaccounts`, { metadata: { name } })).body;
}

function createSecret(account: string, annotations: Record<string, string> = {}) {
  return post(`${base}/secrets`, {
    metadata: { name: "token", annotations: { "kubernetes.io/service-account.name": account, ...annotations } },
    type: "kubernetes.io/service-account-token",
  });
}

const filled = (): Promise<Body> =>
  eventually("the Secret has a token", async () => {
    const { body } = await get(`${base}/secrets/token`);
    return body.data?.token && body;
  });
const gone = () => eventually("the Secret is gone", async () => (await get(`${base}/secrets/token`)).status === 404);
const decode = (text: string): string => Buffer.from(text, "base64").toString();

test("a token Secret is filled with token, namespace and certificate authority", async () => {
  const account = await createAccount();
  await createSecret("robot");
  const secret = await filled();
  expect(Object.keys(secret.data).sort()).toEqual(["ca.crt", "namespace", "token"]);
  expect(decode(secret.data.namespace)).toBe(namespace);
  const published = await eventually("the authority is published", async () => {
    return (await get(`${base}/configmaps/kube-root-ca.crt`)).body.data?.["ca.crt"];
  });
  expect(decode(secret.data["ca.crt"])).toBe(published);
  expect(secret.metadata.annotations["kubernetes.io/service-account.uid"]).toBe(account.metadata.uid);
});

test("the token is a JWT that names its ServiceAccount", async () => {
  const account = await createAccount();
  await createSecret("robot");
  const [header = "", claims = "", signature = ""] = decode((await filled()).data.token).split(".");
  expect(JSON.parse(decode(header))).toMatchObject({
    alg: expect.stringMatching(/^(ES|RS)256$/),
    kid: expect.any(String),
  });
  expect(signature.length).toBeGreaterThan(40);
  expect(JSON.parse(decode(claims))).toEqual({
    iss: "kubernetes/serviceaccount",
    "kubernetes.io/serviceaccount/namespace": namespace,
    "kubernetes.io/serviceaccount/secret.name": "token",
    "kubernetes.io/serviceaccount/service-account.name": "robot",
    "kubernetes.io/serviceaccount/service-account.uid": account.metadata.uid,
    sub: `system:serviceaccount:${namespace}:robot`,
  });
});

test("data of somebody else in the Secret stays, what is lost comes back", async () => {
  await createAccount();
  await createSecret("robot");
  const first = await filled();
  await mergePatch(`${base}/secrets/token`, { data: { mine: "eA==", namespace: null } });
  const mended = await eventually("namespace is back", async () => {
    const { body } = await get(`${base}/secrets/token`);
    return body.data.namespace && body;
  });
  expect(mended.data).toEqual({ ...first.data, mine: "eA==" });
});

test("the Secret goes with its ServiceAccount", async () => {
  await createAccount();
  await createSecret("robot");
  await filled();
  await del(`${base}/serviceaccounts/robot`);
  await gone();
});

test("a Secret of a ServiceAccount that is not there is deleted", async () => {
  await createSecret("nobody");
  await gone();
});

test("a Secret of an earlier ServiceAccount of that name is deleted", async () => {
  await createAccount();
  await createSecret("robot", { "kubernetes.io/service-account.uid": "33333333-3333-3333-3333-333333333333" });
  await gone();
});

test("a Secret that names no ServiceAccount is refused", async () => {
  const { status } = await post(`${base}/secrets`, {
    metadata: { name: "token" },
    type: "kubernetes.io/service-account-token",
  });
  expect(status).toBe(422);
});

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { loadCredentials } from "./load.ts";

let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "kubeconfig-"));
  await writeFile(join(dir, "ca.pem"), "the authority");
  await writeFile(join(dir, "token"), "from-a-file\n");
  const answer = {
    apiVersion: "client.authentication.k8s.io/v1",
    kind: "ExecCredential",
    status: { token: "from-plugin" },
  };
  await writeFile(join(dir, "plugin.sh"), `#!/bin/sh\necho '${JSON.stringify(answer)}'\n`);
  await chmod(join(dir, "plugin.sh"), 0o700);
});
afterAll(() => rm(dir, { recursive: true }));

async function config(cluster: object, user: object, context = "here"): Promise<string> {
  const path = join(dir, "config");
  const content = {
    "current-context": context,
    contexts: [{ name: "here", context: { cluster: "c", user: "u" } }],
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user }],
  };
  await writeFile(path, stringify(content));
  return path;
}

const server = "https://api.example:6443";
const base64 = (text: string) => Buffer.from(text).toString("base64");

test("certificates in the file, and a path of the server", async () => {
  const user = { "client-certificate-data": base64("cert"), "client-key-data": base64("key") };
  const path = await config({ server: `${server}/k8s/`, "certificate-authority-data": base64("ca") }, user);
  const { tls, headers, ...rest } = await loadCredentials(path);
  expect(rest.server).toBe(`${server}/k8s`);
  expect(tls).toEqual({ ca: Buffer.from("ca"), cert: Buffer.from("cert"), key: Buffer.from("key") });
  expect(await headers()).toEqual({});
});

test("files beside the kubeconfig, TLS settings and a proxy", async () => {
  const cluster = {
    server,
    "certificate-authority": "ca.pem",
    "tls-server-name": "other.example",
    "insecure-skip-tls-verify": true,
    "proxy-url": "http://proxy.example:3128",
  };
  const { tls, proxy, headers } = await loadCredentials(await config(cluster, { tokenFile: "token" }));
  expect(tls).toEqual({ ca: Buffer.from("the authority"), servername: "other.example", rejectUnauthorized: false });
  expect(proxy).toBe("http://proxy.example:3128");
  expect(await headers()).toEqual({ authorization: "Bearer from-a-file" });
});

test.each([
  [{ token: "abc" }, "Bearer abc"],
  [{ username: "u", password: "p" }, `Basic ${base64("u:p")}`],
])("the user %j", async (user, authorization) => {
  const { headers } = await loadCredentials(await config({ server }, user));
  expect(await headers()).toEqual({ authorization });
});

test("a token that was replaced is read again when it is refused", async () => {
  const { headers } = await loadCredentials(await config({ server }, { tokenFile: "token" }));
  await writeFile(join(dir, "token"), "replaced");
  expect(await headers()).toEqual({ authorization: "Bearer from-a-file" });
  expect(await headers(true)).toEqual({ authorization: "Bearer replaced" });
});

test("a credential plugin", async () => {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    command: join(dir, "plugin.sh"),
    interactiveMode: "Never",
  };
  const { headers } = await loadCredentials(await config({ server }, { exec }));
  expect(await headers()).toMatchObject({ authorization: "Bearer from-plugin" });
});

test.each([
  ["no such file", async () => join(dir, "absent"), /absent: ENOENT/],
  ["no such context", () => config({ server }, {}, "elsewhere"), /no current context with a cluster/],
  ["no server", () => config({}, {}), /no current context with a cluster/],
  [
    "a certificate that is not there",
    () => config({ server, "certificate-authority": "absent.pem" }, {}),
    /absent\.pem/,
  ],
  ["no Pod", async () => "in-cluster", /this process runs in no Pod/],
])("what cannot be used is said: %s", async (_case, source, message) => {
  await expect(loadCredentials(await source())).rejects.toMatchObject({
    name: "KubeError",
    message: expect.stringMatching(message),
  });
});

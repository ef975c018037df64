import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { certificateFor, makeAuthority } from "@elemental/tpm/testing";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";
import { runDoor } from "./testing/door-process.ts";

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
});
afterAll(() => cluster?.close());

describe("the program", () => {
  test("serves without Redis, is ready, and ends in order", async () => {
    const { child, line, exited } = runDoor({});
    const { address } = await line("serving machines");
    expect((await fetch(`http://127.0.0.1:${address.port}/elemental/registration/none`)).status).toBe(404);
    const health = await line("serving health and metrics");
    await line("started");
    expect((await fetch(`http://127.0.0.1:${health.address.port}/readyz`)).status).toBe(200);
    child.kill("SIGTERM");
    expect(await exited).toEqual([0, null]);
  });

  test("serves by TLS with a certificate and key of its own", async () => {
    const dir = await mkdtemp(join(tmpdir(), "door-tls-"));
    onTestFinished(() => rm(dir, { recursive: true, force: true }));
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const authority = await makeAuthority("CN=Door");
    const { pem } = await certificateFor(publicKey, { issuer: authority, subject: "CN=localhost" });
    const [cert, key] = [join(dir, "cert.pem"), join(dir, "key.pem")];
    await writeFile(cert, pem);
    await writeFile(key, privateKey.export({ type: "pkcs8", format: "pem" }));
    const { line } = runDoor({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key });
    const { port } = (await line("serving machines")).address;
    const options = { port, path: "/elemental", ca: authority.pem, checkServerIdentity: () => undefined };
    const status = await new Promise((resolve, reject) => {
      get(options, (answer) => resolve(answer.statusCode)).on("error", reject);
    });
    expect(status).toBe(404);
  });

  test.each([
    [{ TLS_CERT_FILE: "/nonexistent" }, "/nonexistent"],
    [{ AGENT_GATEWAY_URL: "http://gateway" }, "AGENT_GATEWAY_TOKEN_FILE is not set"],
    [{ TRUSTED_PROXIES: "proxy" }, '"proxy" is no IP address or CIDR range'],
    [{ LISTEN_ADDRESS: "192.0.2.1:1" }, "cannot listen on 192.0.2.1:1"],
  ])("with %j it ends, and says why", async (env, reason) => {
    const { line, exited } = runDoor(env);
    const failure = await line("cannot start");
    expect(JSON.stringify(failure)).toContain(reason.replaceAll('"', '\\"'));
    expect(await exited).toEqual([1, null]);
  });
});

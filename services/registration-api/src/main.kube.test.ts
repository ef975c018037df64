import { type ChildProcess, spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { get } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { accountOf } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { certificateFor, makeAuthority } from "@elemental/tpm/testing";
import { afterAll, beforeAll, describe, expect, inject, onTestFinished, test } from "vitest";

const program = fileURLToPath(new URL("./main.ts", import.meta.url));

let cluster: TestCluster;
beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
});
afterAll(() => cluster?.close());

interface Running {
  child: ChildProcess;
  /** Resolves with the line whose message is `msg`; rejects when the program ends before. */
  line(msg: string): Promise<{ address: { port: number } }>;
  exited: Promise<unknown[]>;
}

/** No Redis is there: the door has to work all the same. */
function run(env: Record<string, string>): Running {
  const child = spawn(process.execPath, [program], {
    env: {
      PATH: process.env["PATH"],
      KUBECONFIG: accountOf("registration-api"),
      REDIS_SOCKET: "/nonexistent/redis.sock",
      HEALTH_ADDRESS: "127.0.0.1:0",
      LISTEN_ADDRESS: "127.0.0.1:0",
      SERVER_URL: "https://door.example.com",
      ...env,
    },
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: { msg: string }[] = [];
  const waiting: (() => void)[] = [];
  createInterface(child.stdout).on("line", (text) => {
    lines.push(JSON.parse(text));
    for (const wake of waiting.splice(0)) wake();
  });
  const exited = once(child, "exit");
  const line = async (msg: string): Promise<never> => {
    for (;;) {
      const found = lines.find((one) => one.msg === msg);
      if (found) return found as never;
      const next = new Promise<void>((resolve) => waiting.push(resolve));
      await Promise.race([next, exited.then(() => Promise.reject(new Error(`ended: ${JSON.stringify(lines)}`)))]);
    }
  };
  return { child, line, exited };
}

describe("the program", () => {
  test("serves without Redis, is ready, and ends in order", async () => {
    const { child, line, exited } = run({});
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
    const { line } = run({ TLS_CERT_FILE: cert, TLS_KEY_FILE: key });
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
    const { line, exited } = run(env);
    const failure = await line("cannot start");
    expect(JSON.stringify(failure)).toContain(reason.replaceAll('"', '\\"'));
    expect(await exited).toEqual([1, null]);
  });
});

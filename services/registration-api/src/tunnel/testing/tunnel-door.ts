import { createHash } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished, vi } from "vitest";
import { auth, type TestDoor, type TestDoorOptions, testDoor } from "../../testing/test-door.ts";
import type { TunnelConnection } from "../session/connection.ts";
import type { TunnelOptions } from "../tunnel.ts";
import { FakeRancher, type RancherSession } from "./rancher.ts";

export interface TunnelDoor extends TestDoor {
  /** Writes the Secret as Rancher does. */
  tell(secret: { url?: string; token?: string; "ca.crt"?: string }): Promise<void>;
}

/** A door that looks every few milliseconds whether Rancher told it how to dial. */
export async function tunnelDoor(
  options: TestDoorOptions = {},
  changes: Partial<Omit<TunnelOptions, "createServer" | "log">> = {},
): Promise<TunnelDoor> {
  const folder = await mkdtemp(join(tmpdir(), "tunnel-"));
  onTestFinished(() => rm(folder, { recursive: true }));
  const tunnel = { folder, proxies: {}, pollMs: 20, redialDelay: () => 20, ...changes };
  const door = await testDoor({ ...options, tunnel });
  return {
    ...door,
    async tell(secret) {
      for (const [key, value] of Object.entries(secret)) await writeFile(join(folder, key), value);
    },
  };
}

/** Resolves once `check` throws no more; rejects with its last error after a time that is long for any machine. */
export function soon<T>(check: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(check, { timeout: 30_000, interval: 10 });
}

/** A door with one registration by `method`, and the session that it opened. */
export async function openTunnel(
  method: string,
  options: TestDoorOptions = {},
  changes: Parameters<typeof tunnelDoor>[1] = {},
): Promise<{ door: TunnelDoor; rancher: FakeRancher; through: RancherSession }> {
  const rancher = await FakeRancher.start();
  const door = await tunnelDoor(options, changes);
  await door.addRegistration(auth(method));
  await door.tell({ url: rancher.url, token: "one" });
  return { door, rancher, through: await session(rancher) };
}

/** The session with that place in the order of dials. */
export function session(rancher: FakeRancher, index = 0): Promise<RancherSession> {
  return soon(() => {
    const found = rancher.sessions[index];
    if (!found) throw new Error(`only ${rancher.sessions.length} sessions`);
    return found;
  });
}

export interface Received {
  status: number | undefined;
  headers: IncomingMessage["headers"];
  length: number;
  sha256: string;
  text: string;
}

/** A GET through a connection of the tunnel. */
export async function get(connection: TunnelConnection, path: string, headers = {}): Promise<Received> {
  const answer = await begin(connection, path, headers);
  const hash = createHash("sha256");
  let length = 0;
  let text = "";
  for await (const chunk of answer) {
    hash.update(chunk);
    length += chunk.length;
    if (length < 100_000) text += chunk;
  }
  return { status: answer.statusCode, headers: answer.headers, length, sha256: hash.digest("hex"), text };
}

/** The answer to a GET, its body not read. */
export function begin(connection: TunnelConnection, path: string, headers = {}): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request({ createConnection: () => connection, path, headers: { Host: "x", ...headers } })
      .once("response", resolve)
      .once("error", reject)
      .end();
  });
}

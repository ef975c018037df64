import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { type MachineInventory, machineInventories, type Secret, secrets } from "@elemental/api";
import { type MemoryKube, type MemoryKubeOptions, memoryKube } from "@elemental/kube/testing";
import { agentGateway } from "../gateway/gateway.ts";
import { startWatches } from "../watches.ts";
import { inventory, ownedBy, planSecret } from "./builders.ts";

export const hashOf = (token: string) => createHash("sha256").update(token).digest("hex");

/** A gateway before an API in memory, served over HTTP. */
export interface TestGateway {
  kube: MemoryKube;
  /** A request of the machine with `token`; `path` is one of the Kubernetes API. */
  request(token: string, path: string, init?: RequestInit): Promise<Response>;
  /** Creates an inventory with its plan Secret and the credential of `token`. */
  addMachine(
    name: string,
    token: string,
    parts?: { spec?: MachineInventory["spec"]; annotations?: Record<string, string> },
  ): Promise<{ inventory: MachineInventory; secret: Secret }>;
  /** Resolves when the gateway knows the object in this version. */
  seen(secret: Secret): Promise<void>;
  openWatches(): number;
  errors: unknown[];
}

/** Starts it; `await using` ends it. */
export async function testGateway(options: MemoryKubeOptions = {}): Promise<TestGateway & AsyncDisposable> {
  const kube = memoryKube(options);
  const watches = startWatches(kube);
  await Promise.all([watches.registrations.synced(), watches.inventories.synced(), watches.planSecrets.synced()]);
  const errors: unknown[] = [];
  const gateway = agentGateway({ kube, ...watches, report: (error) => errors.push(error) });
  const server = createServer((request, response) => gateway.handle(request, response, request.url ?? ""));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    kube,
    request: (token, path, init = {}) =>
      fetch(`${base}${path}`, { ...init, headers: { authorization: `Bearer ${token}`, ...init.headers } }),
    addMachine: (name, token, parts) => addMachine(kube, { name, token, ...parts }),
    seen: (secret) => seen(watches, secret),
    openWatches: () => gateway.watches(),
    errors,
    async [Symbol.asyncDispose]() {
      gateway.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await kube.close();
    },
  };
}

interface MachineParts {
  name: string;
  token: string;
  spec?: MachineInventory["spec"];
  annotations?: Record<string, string>;
}

async function addMachine(kube: MemoryKube, { name, token, spec, annotations: own }: MachineParts) {
  const credential = { hash: hashOf(token), issuedAt: "2026-01-01T00:00:00Z" };
  const { metadata: _, ...parts } = inventory({ spec: { ...spec, credential } });
  const created = await kube.create(machineInventories, {
    ...parts,
    metadata: { name, namespace: "fleet-default", ...(own && { annotations: own }) },
  });
  const { metadata, ...rest } = planSecret({});
  const ownerReferences = [ownedBy("MachineInventory", name, created.metadata.uid)];
  const { labels = {}, annotations = {} } = metadata;
  const fresh = { name, namespace: "fleet-default", labels, annotations, ownerReferences };
  const secret = await kube.create(secrets, { ...rest, metadata: fresh });
  return { inventory: created, secret };
}

async function seen({ planSecrets }: ReturnType<typeof startWatches>, secret: Secret): Promise<void> {
  const { name, namespace = "", resourceVersion } = secret.metadata;
  const isThere = () => planSecrets.get({ namespace, name })?.metadata.resourceVersion === resourceVersion;
  if (isThere()) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = planSecrets.onChange(() => isThere() && resolve());
  await promise;
  unsubscribe();
}

/** An event as a client of a watch sees it. */
export interface SeenEvent {
  type: string;
  object: Secret & { code?: number };
}

/** Reads the events of a watch one by one; `next` is undefined at its end. */
export function readEvents(response: Response): { next(): Promise<SeenEvent | undefined>; cancel(): Promise<void> } {
  const reader = (response.body as ReadableStream<Uint8Array>).pipeThrough(new TextDecoderStream()).getReader();
  let buffered = "";
  return {
    async next() {
      for (;;) {
        const end = buffered.indexOf("\n");
        if (end >= 0) {
          const line = buffered.slice(0, end);
          buffered = buffered.slice(end + 1);
          return JSON.parse(line) as SeenEvent;
        }
        const { value, done } = await reader.read();
        if (done) return undefined;
        buffered += value;
      }
    },
    cancel: () => reader.cancel(),
  };
}

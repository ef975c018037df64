import { join } from "node:path";
import { runDefinitionController } from "./crd/controller.ts";
import { startHttpServer, type TlsMaterial } from "./http/server.ts";
import { builtInKinds } from "./kinds/index.ts";
import type { Loopback, PodLogs } from "./loopback.ts";
import { createLoopback } from "./loopback-client.ts";
import { OpenApiDocuments } from "./openapi/documents.ts";
import { createInitialObjects } from "./registry/initial-objects.ts";
import type { Registry } from "./registry/registry.ts";
import { Catalog } from "./resources/catalog.ts";
import { type ErrorReport, ObjectStore } from "./storage/object-store.ts";
import { openRevisionLog } from "./storage/revisions.ts";

export interface ApiServerOptions {
  /** Folder of the database, made when missing; absent keeps everything in memory. */
  dataDir?: string;
  /** Port 0 takes a free one. */
  listen: { host: string; port: number };
  tls: TlsMaterial;
  podLogs?: PodLogs;
  /** Told of failures that no client sees, or sees only as an internal error. */
  onError: ErrorReport;
}

export interface ApiServer {
  /** `https://HOST:PORT`, with the loopback address when it listens on all of them. */
  url: string;
  port: number;
  loopback: Loopback;
  close(): Promise<void>;
}

const databaseName = "api.sqlite";
const keepHistoryMs = 10 * 60_000;
const compactEveryMs = 60_000;

/**
 * Starts the embedded Kubernetes API. Rejects with one error that names the folder or the address when the data cannot be
 * opened or the address cannot be listened on.
 */
export async function startApiServer(options: ApiServerOptions): Promise<ApiServer> {
  const { onError } = options;
  const store = openStore(options.dataDir, onError);
  const registry: Registry = { store, catalog: new Catalog(builtInKinds), now: () => new Date(), onError };
  try {
    createInitialObjects(registry);
    const backend = { registry, podLogs: options.podLogs, openApi: new OpenApiDocuments(registry.catalog) };
    const http = await startHttpServer(backend, options.listen, options.tls);
    const stopController = runDefinitionController(registry);
    const compaction = setInterval(() => compact(store, onError), compactEveryMs).unref();
    const close = async () => {
      clearInterval(compaction);
      stopController();
      await http.close();
      store.close();
    };
    const loopback = createLoopback(registry, "kube-controller-manager");
    return { url: urlOf(options.listen.host, http.port), port: http.port, loopback, close };
  } catch (error) {
    store.close();
    throw error;
  }
}

function openStore(dataDir: string | undefined, onError: ErrorReport): ObjectStore {
  return new ObjectStore(openRevisionLog(dataDir === undefined ? undefined : join(dataDir, databaseName)), onError);
}

function compact(store: ObjectStore, onError: ErrorReport): void {
  try {
    store.compactBefore(Date.now() - keepHistoryMs);
  } catch (error) {
    onError(error, "forget old revisions");
  }
}

function urlOf(host: string, port: number): string {
  const reachable = host === "0.0.0.0" || host === "" ? "127.0.0.1" : host === "::" ? "::1" : host;
  return `https://${reachable.includes(":") ? `[${reachable}]` : reachable}:${port}`;
}

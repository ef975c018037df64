import { hostname } from "node:os";
import { createEventRecorder } from "../events/recorder.ts";
import { Informers } from "../informer/informers.ts";
import type { ReflectorSettings } from "../informer/reflector.ts";
import type { Kube } from "../ports.ts";
import { ApiClient } from "./api-client.ts";
import { loadCredentials } from "./credentials/load.ts";
import { Discovery } from "./discovery.ts";
import { readFieldManagers } from "./field-managers.ts";
import { readPodLog } from "./pod-log.ts";
import { createTransport } from "./transport.ts";

export interface ConnectOptions {
  /** Path of a kubeconfig, or `in-cluster` for the service account of the Pod. */
  kubeconfig: string;
  /** E.g. `elemental-selector-controller/0.1.0`; appears in the audit log. */
  userAgent: string;
  /** Owner of the fields we write, and the source of our Events. */
  fieldManager: string;
  /** Bound of a single request; 30 s by default. */
  requestTimeoutMs?: number;
  /** Bound of a request with all its retries; 60 s by default. */
  deadlineMs?: number;
  watch?: Partial<ReflectorSettings>;
  /** Gets what goes wrong in the background and is retried: broken watches, objects that cannot be read. */
  report?(error: unknown): void;
  /** Counts requests as they are sent, retries included: the HTTP method, and the plural of the kind or an empty text. */
  onRequest?(method: string, resource: string): void;
}

/** Connects to a Kubernetes API. Throws a KubeError when the kubeconfig cannot be used; the server is not asked yet. */
export async function connect(options: ConnectOptions): Promise<Kube> {
  const {
    userAgent,
    fieldManager,
    requestTimeoutMs = 30_000,
    deadlineMs = 60_000,
    report = () => {},
    onRequest,
  } = options;
  const transport = createTransport(await loadCredentials(options.kubeconfig), {
    userAgent,
    requestTimeoutMs,
    onRequest,
  });
  const closing = new AbortController();
  const client = new ApiClient({ transport, fieldManager, deadlineMs, closed: closing.signal, report });
  const informers = new Informers(client, report, options.watch);
  const discovery = new Discovery(transport);
  const events = createEventRecorder({ writer: client, component: fieldManager, instance: hostname() });
  return {
    get: (type, key) => client.get(type, key),
    list: (type, list) => client.list(type, list),
    create: (type, object) => client.create(type, object),
    patch: (type, key, patch) => client.patch(type, key, patch),
    patchStatus: (type, key, patch) => client.patchStatus(type, key, patch),
    apply: (type, object) => client.apply(type, object),
    delete: (type, key, how) => client.delete(type, key, how),
    inform: (type, watch) => informers.inform(type, watch),
    events,
    podLog: (key, container, limitBytes) => readPodLog(transport, key, { container, limitBytes }),
    fieldManagers: (type, key) => readFieldManagers(transport, type, key),
    serves: (type) => discovery.serves(type),
    close: async () => {
      closing.abort();
      informers.stop();
      await transport.close();
    },
  };
}

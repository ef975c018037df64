import { collections } from "../client/kinds.ts";
import { builtInKinds } from "../kinds/index.ts";
import type { Loopback } from "../loopback.ts";
import { createLoopback } from "../loopback-client.ts";
import { createInitialObjects } from "../registry/initial-objects.ts";
import { Catalog } from "../resources/catalog.ts";
import { ObjectStore } from "../storage/object-store.ts";
import { openRevisionLog } from "../storage/revisions.ts";

/** An API in memory without HTTP, for tests of what lives on it; `namespaces` are there, ready for Pods. */
export async function memoryApi(namespaces: readonly string[] = []): Promise<{ loopback: Loopback; close(): void }> {
  const onError = (error: unknown) => {
    throw error;
  };
  const store = new ObjectStore(openRevisionLog(undefined), onError);
  const registry = { store, catalog: new Catalog(builtInKinds), now: () => new Date(), onError };
  createInitialObjects(registry);
  const loopback = createLoopback(registry, "test");
  for (const name of namespaces) {
    await loopback.create(collections.namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
    const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "default", namespace: name } };
    await loopback.create(collections.serviceAccounts, account);
  }
  return { loopback, close: () => store.close() };
}

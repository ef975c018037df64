import { namespaces } from "../kinds/namespace.ts";
import { createObject } from "./create.ts";
import type { Registry } from "./registry.ts";

const names = ["default", "kube-node-lease", "kube-public", "kube-system"];

/** Creates the namespaces that every cluster has, where they are missing. */
export function createInitialObjects(registry: Registry): void {
  const options = { dryRun: false, fieldManager: "kube-apiserver", fieldValidation: "Ignore", warn: () => {} } as const;
  for (const name of names.filter((name) => !registry.store.get(namespaces.storage, name))) {
    createObject(registry, { resource: namespaces, namespace: "" }, { metadata: { name } }, options);
  }
}

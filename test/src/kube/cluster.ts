import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import {
  type CustomResourceDefinition,
  customResourceDefinitions,
  customResourceDefinitionType,
  namespaces,
  objectKey,
} from "@elemental/api";
import { connect, isKubeError, type Kube } from "@elemental/kube";

/** The API under test, with definitions installed. */
export interface TestCluster {
  kube: Kube;
  /** Creates a namespace that no other test uses, and returns its name. */
  createNamespace(): Promise<string>;
  close(): Promise<void>;
}

/** Connects to the API of a suite (`inject("kubeconfig")`) and installs definitions, those of the product by default. */
export async function connectToCluster(
  kubeconfig: string,
  definitions: CustomResourceDefinition[] = customResourceDefinitions(),
): Promise<TestCluster> {
  const kube = await connect({ kubeconfig, userAgent: "elemental-test", fieldManager: "elemental-test" });
  await Promise.all(definitions.map((definition) => install(kube, definition)));
  await Promise.all(definitions.map((definition) => served(kube, definition)));
  return {
    kube,
    async createNamespace() {
      const name = `test-${randomBytes(4).toString("hex")}`;
      await kube.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
      return name;
    },
    close: () => kube.close(),
  };
}

/** A cluster that outlives the suites may have an older definition. */
async function install(kube: Kube, definition: CustomResourceDefinition): Promise<void> {
  try {
    await kube.create(customResourceDefinitionType, definition);
  } catch (error) {
    if (!isKubeError(error, "AlreadyExists")) throw error;
    await kube.patch(customResourceDefinitionType, objectKey(definition), { type: "merge", body: definition });
  }
}

const deadlineMs = 20_000;

/** Resolves when the kind can be used: a definition counts as established shortly before its kind is served. */
async function served(kube: Kube, definition: CustomResourceDefinition): Promise<void> {
  const { group, names, versions } = definition.spec;
  const type = { group, version: versions[0]?.name ?? "", kind: names.kind, plural: names.plural, namespaced: true };
  const began = Date.now();
  for (;;) {
    try {
      await kube.list(type);
      return;
    } catch (error) {
      if (Date.now() - began > deadlineMs)
        throw new Error(`${definition.metadata.name} is not served`, { cause: error });
      await sleep(100);
    }
  }
}

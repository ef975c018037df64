import { type CustomResourceDefinition, customResourceDefinitionType } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { awaitObject, conditionIsTrue } from "./await-object.ts";

/** Applies CustomResourceDefinitions and resolves when the API server serves all of them. */
export async function installDefinitions(kube: Kube, definitions: CustomResourceDefinition[]): Promise<void> {
  const install = async (definition: CustomResourceDefinition) => {
    await kube.apply(customResourceDefinitionType, definition);
    const key = { namespace: "", name: definition.metadata.name };
    await awaitObject(kube, customResourceDefinitionType, key, (crd) => conditionIsTrue(crd, "Established"));
  };
  await Promise.all(definitions.map(install));
}

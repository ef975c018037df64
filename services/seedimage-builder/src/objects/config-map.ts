import type { ConfigMap, SeedImage } from "@elemental/api";
import { equalJson } from "@elemental/kube";
import type { BuildInputs } from "../build/inputs.ts";
import { childMetadata } from "./metadata.ts";

export const outputNameKey = "output-name";

/** The ConfigMap that the builder's containers read, as files and as variables; resources-and-controllers 2.5.2. */
export function configMap(image: SeedImage, inputs: BuildInputs, outputName: string): ConfigMap {
  const files = Object.entries(inputs.files).map(([key, text]) => [key, Buffer.from(text).toString("base64")]);
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: childMetadata(image),
    data: { ...inputs.values, [outputNameKey]: outputName },
    binaryData: Object.fromEntries(files),
  };
}

export function sameContent(observed: ConfigMap, desired: ConfigMap): boolean {
  return equalJson([observed.data, observed.binaryData], [desired.data, desired.binaryData]);
}

import {
  type Bundle,
  controllerOwnerReference,
  isJsonObject,
  type ManagedOSImage,
  type ManagedOSVersion,
  managedOSImages,
} from "@elemental/api";
import { findKey } from "../json/decode.ts";
import { upgradeContainerOf } from "./container.ts";
import { bundleName } from "./names.ts";
import { bundleResources } from "./resources.ts";
import { splitImage } from "./source.ts";

/** The namespace whose one cluster is the management cluster itself. */
export const localNamespace = "fleet-local";

/** Something in the image or its version that a user must mend; the message says what. */
export class ImageError extends Error {
  override readonly name = "ImageError";
  readonly code = "InvalidManagedOSImage";
}

/** The Bundle of an image; resources-and-controllers 2.8.1. Throws ImageError. */
export function desiredBundle(image: ManagedOSImage, version: ManagedOSVersion | undefined, registry: string): Bundle {
  checkSpec(image, version);
  const source = splitImage(imageReference(image, version));
  const upgrade = upgradeContainerOf(image, version, source.image, registry);
  const { clusterRolloutStrategy, clusterTargets } = image.spec ?? {};
  const isLocal = image.metadata.namespace === localNamespace;
  const targets = isLocal ? [{ clusterName: "local" }] : clusterTargets;
  return {
    apiVersion: "fleet.cattle.io/v1alpha1",
    kind: "Bundle",
    metadata: {
      namespace: image.metadata.namespace,
      name: bundleName(image.metadata.name),
      ownerReferences: [controllerOwnerReference(image, managedOSImages)],
    },
    spec: {
      resources: bundleResources(image, source.version, upgrade),
      ...(clusterRolloutStrategy ? { rolloutStrategy: clusterRolloutStrategy } : {}),
      ...(targets ? { targets } : {}),
    },
  };
}

function checkSpec(image: ManagedOSImage, version: ManagedOSVersion | undefined): void {
  const { cloudConfig, clusterTargets, managedOSVersionName } = image.spec ?? {};
  if (image.metadata.namespace === localNamespace && clusterTargets?.length) {
    throw new ImageError("spec.targets should be empty if in the fleet-local namespace");
  }
  if (managedOSVersionName && !version) {
    throw new ImageError(`ManagedOSVersion ${managedOSVersionName} does not exist in this namespace`);
  }
  if (cloudConfig !== undefined && cloudConfig !== null && !isJsonObject(cloudConfig)) {
    throw new ImageError("spec.cloudConfig is not an object");
  }
}

function imageReference(image: ManagedOSImage, version: ManagedOSVersion | undefined): string {
  if (image.spec?.osImage) return image.spec.osImage;
  if (!version) throw new ImageError("neither spec.osImage nor spec.managedOSVersionName is set");
  const { type, metadata } = version.spec ?? {};
  if (type?.toLowerCase() !== "container") {
    throw new ImageError(`ManagedOsVersion ${version.metadata.name} is not of a container type: ${type ?? ""}`);
  }
  const fields = isJsonObject(metadata) ? metadata : {};
  const reference = fields[findKey(fields, "upgradeImage") ?? ""];
  if (typeof reference === "string" && reference !== "") return reference;
  throw new ImageError(`ManagedOSVersion ${version.metadata.name} has no metadata.upgradeImage`);
}

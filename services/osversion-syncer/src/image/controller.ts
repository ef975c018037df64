import {
  bundles,
  controllerOf,
  type KubeObject,
  type ManagedOSImage,
  managedOSImages,
  managedOSVersions,
  type ResourceType,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import { isKubeError, type Reader } from "@elemental/kube";
import { failedStatus } from "./conditions.ts";
import { bundleName } from "./names.ts";
import { type ImageSettings, type ObservedImage, reconcileImage } from "./reconcile.ts";

export const imageControllerName = "managed-os-image";

const bundleSource: Source = {
  type: bundles,
  keysFor({ previous, current }) {
    const bundle = current ?? previous;
    const owner = bundle && controllerOf(bundle);
    if (owner?.kind !== managedOSImages.kind) return [];
    return [{ namespace: bundle?.metadata.namespace ?? "", name: owner.name }];
  },
};

/** Turns ManagedOSImages into Fleet Bundles that upgrade nodes; resources-and-controllers 2.8. */
export function imageController(kube: Reader, settings: ImageSettings): Controller<ManagedOSImage, ObservedImage> {
  return {
    name: imageControllerName,
    type: managedOSImages,
    sources: [bundleSource],
    observe: (image) => observeImage(kube, image),
    reconcile: (observed, now) => reconcileImage(observed, now, settings),
    failed: (image, error, now) => (isPassing(error) ? image.status : failedStatus(image, explain(error), now)),
  };
}

async function observeImage(kube: Reader, image: ManagedOSImage): Promise<ObservedImage> {
  const { namespace = "", name } = image.metadata;
  const versionName = image.spec?.managedOSVersionName;
  const [version, bundle, images] = await Promise.all([
    versionName ? find(kube, managedOSVersions, namespace, versionName) : undefined,
    find(kube, bundles, namespace, bundleName(name)),
    kube.list(managedOSImages),
  ]);
  return { image, version, bundle, images: images.items };
}

async function find<T extends KubeObject>(kube: Reader, type: ResourceType<T>, namespace: string, name: string) {
  try {
    return await kube.get(type, { namespace, name });
  } catch (error) {
    if (isKubeError(error, "NotFound", "NotServed")) return undefined;
    throw error;
  }
}

/** Failures that say nothing about the image or its Bundle. */
function isPassing(error: Error): boolean {
  return isKubeError(error, "Unavailable", "TooManyRequests", "Conflict");
}

function explain(error: Error): string {
  if (!isKubeError(error, "NotServed")) return error.message;
  return "Fleet is not installed: this API server has no Bundles (fleet.cattle.io)";
}

import {
  type Bundle,
  bundles,
  controllerOf,
  formatKey,
  type ManagedOSImage,
  type ManagedOSVersion,
  managedOSImages,
  managedOSVersions,
  objectKey,
} from "@elemental/api";
import type { Controller, Source } from "@elemental/controller";
import { type Cache, equalJson, isKubeError, type Reader } from "@elemental/kube";
import { failedStatus } from "./conditions.ts";
import { bundleName } from "./names.ts";
import { type ImageSettings, type ObservedImage, reconcileImage } from "./reconcile.ts";

export const imageControllerName = "managed-os-image";

const byVersion = "version";

/** Indexes of the cache of images that the controller needs. */
export const imageIndexers = { [byVersion]: (image: ManagedOSImage) => versionOf(image) };

export interface ImageDependencies {
  kube: Reader;
  /** All images, with `imageIndexers`. */
  images: Cache<ManagedOSImage>;
}

/** Turns ManagedOSImages into Fleet Bundles that upgrade nodes; resources-and-controllers 2.8. */
export function imageController(
  { kube, images }: ImageDependencies,
  settings: ImageSettings,
): Controller<ManagedOSImage, ObservedImage> {
  return {
    name: imageControllerName,
    type: managedOSImages,
    sources: [bundleSource, versionSource(images)],
    observe: (image) => observeImage({ kube, images }, image),
    reconcile: (observed, now) => reconcileImage(observed, now, settings),
    failed: (image, error, now) => (isPassing(error) ? image.status : failedStatus(image, error.message, now)),
  };
}

const bundleSource: Source<Bundle> = {
  type: bundles,
  keysFor({ previous, current }) {
    const bundle = current ?? previous;
    const owner = bundle && controllerOf(bundle);
    if (owner?.kind !== managedOSImages.kind) return [];
    return [{ namespace: bundle?.metadata.namespace ?? "", name: owner.name }];
  },
};

/** A channel touches its versions with every synchronization; only what they say concerns images. */
function versionSource(images: Cache<ManagedOSImage>): Source<ManagedOSVersion> {
  return {
    type: managedOSVersions,
    keysFor({ previous, current }) {
      const version = current ?? previous;
      if (!version || (previous && current && equalJson(previous.spec, current.spec))) return [];
      return images.byIndex(byVersion, formatKey(objectKey(version))).map(objectKey);
    },
  };
}

function versionOf({ metadata, spec }: ManagedOSImage): string[] {
  const name = spec?.managedOSVersionName;
  return name ? [formatKey({ namespace: metadata.namespace ?? "", name })] : [];
}

async function observeImage({ kube, images }: ImageDependencies, image: ManagedOSImage): Promise<ObservedImage> {
  const { namespace = "", name } = image.metadata;
  const [version, bundle] = await Promise.all([
    findVersion(kube, image),
    kube.get(bundles, { namespace, name: bundleName(name) }).catch(absence),
  ]);
  return {
    image,
    version,
    bundle: typeof bundle === "object" ? bundle : undefined,
    servesBundles: bundle !== "NotServed",
    images: images.list(),
  };
}

async function findVersion(kube: Reader, { metadata, spec }: ManagedOSImage): Promise<ManagedOSVersion | undefined> {
  const name = spec?.managedOSVersionName;
  if (!name) return undefined;
  const found = await kube.get(managedOSVersions, { namespace: metadata.namespace ?? "", name }).catch(absence);
  return typeof found === "object" ? found : undefined;
}

/** How something is not there; any other error is thrown again. */
function absence(error: unknown): "NotFound" | "NotServed" {
  if (isKubeError(error, "NotServed")) return "NotServed";
  if (isKubeError(error, "NotFound")) return "NotFound";
  throw error;
}

/** Failures that say nothing about the image or its Bundle. */
function isPassing(error: Error): boolean {
  return isKubeError(error, "Unavailable", "TooManyRequests", "Conflict");
}

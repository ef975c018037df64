import { isDeepStrictEqual } from "node:util";
import {
  type Bundle,
  bundles,
  conditionTypes,
  controllerOf,
  findCondition,
  isControlledBy,
  labels,
  type ManagedOSImage,
  type ManagedOSVersion,
  managedOSImages,
  objectKey,
  reasons,
} from "@elemental/api";
import type { Operation, Outcome } from "@elemental/controller";
import type { EventInput, JsonPatchOperation } from "@elemental/kube";
import { olderTwin } from "./collision.ts";
import { deployedStatus, failedStatus } from "./conditions.ts";
import { desiredBundle, ImageError } from "./desired.ts";

/** What the decision about an image rests on. */
export interface ObservedImage {
  image: ManagedOSImage;
  /** The version that the image names; undefined when it names none or there is none. */
  version: ManagedOSVersion | undefined;
  /** The Bundle of the image's name, whoever owns it. */
  bundle: Bundle | undefined;
  /** Whether the API server knows Bundles at all. */
  servesBundles: boolean;
  /** The images of all namespaces. */
  images: readonly ManagedOSImage[];
}

/** What the image controller is told by its operator. */
export interface ImageSettings {
  /** Registry put before the images of upgrades; empty for none. */
  defaultRegistry: string;
}

/** What a user must mend may be mended at an object that wakes nobody. */
const recheckMs = 60_000;

/** Decides about an image; resources-and-controllers 2.8. */
export function reconcileImage(
  observed: ObservedImage,
  now: Date,
  settings: ImageSettings,
): Outcome<ManagedOSImage["status"]> {
  const { image, version, bundle } = observed;
  if (image.metadata.deletionTimestamp) return {};
  const labelling = labelVersion(image, version);
  try {
    const desired = desiredBundle(image, version, settings.defaultRegistry);
    const operations = [...labelling, ...bring(observed, desired)];
    return { operations, status: deployedStatus(image, bundle, now) };
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    return refused(image, error, { operations: labelling, now });
  }
}

function refused(
  image: ManagedOSImage,
  { message }: ImageError,
  { operations, now }: { operations: Operation[]; now: Date },
): Outcome<ManagedOSImage["status"]> {
  const known = findCondition(image.status?.conditions, conditionTypes.fleetBundleCreation)?.message === message;
  const event: EventInput = { type: "Warning", reason: reasons.managedOSImage.bundleFailure, message };
  return {
    operations,
    status: failedStatus(image, message, now),
    events: known ? [] : [event],
    requeueAfterMs: recheckMs,
  };
}

/** Creates or mends the Bundle. Throws ImageError when it cannot be, or belongs to somebody else. */
function bring({ image, bundle, servesBundles, images }: ObservedImage, desired: Bundle): Operation[] {
  if (!servesBundles) {
    throw new ImageError("Fleet is not installed: this API server has no Bundles (fleet.cattle.io)");
  }
  const twin = olderTwin(image, images);
  if (twin) {
    const { namespace, name } = twin.metadata;
    throw new ImageError(`ManagedOSImage ${namespace}/${name} has objects of the same names for the same clusters`);
  }
  if (!bundle) return [{ kind: "create", type: bundles, object: desired }];
  if (!isControlledBy(bundle, image) && !isRestored(bundle, image)) {
    throw new ImageError(`Bundle ${bundle.metadata.name} is there already and not of this image`);
  }
  const body = differences(bundle, desired, image);
  return body.length === 0
    ? []
    : [{ kind: "patch", type: bundles, key: objectKey(bundle), patch: { type: "json", body } }];
}

/** Whether the Bundle was made for this image before a backup gave it another UID. */
function isRestored(bundle: Bundle, image: ManagedOSImage): boolean {
  const owner = controllerOf(bundle);
  return owner?.kind === managedOSImages.kind && owner.name === image.metadata.name;
}

function differences(current: Bundle, desired: Bundle, image: ManagedOSImage): JsonPatchOperation[] {
  const fields = (["resources", "rolloutStrategy", "targets"] as const).flatMap((name): JsonPatchOperation[] => {
    const [is, should] = [current.spec[name], desired.spec[name]];
    if (isDeepStrictEqual(is, should)) return [];
    return should === undefined
      ? [{ op: "remove", path: `/spec/${name}` }]
      : [{ op: "add", path: `/spec/${name}`, value: should }];
  });
  if (isControlledBy(current, image)) return fields;
  return [...fields, { op: "add", path: "/metadata/ownerReferences", value: desired.metadata.ownerReferences }];
}

/** Shows users which images use a version. Only informational: names that are no label values are left out. */
function labelVersion(image: ManagedOSImage, version: ManagedOSVersion | undefined): Operation[] {
  const name = version?.metadata.name;
  const wanted = name !== undefined && name.length <= 63 ? name : undefined;
  if (image.metadata.labels?.[labels.managedOSVersionName] === wanted) return [];
  const body = { metadata: { labels: { [labels.managedOSVersionName]: wanted ?? null } } };
  return [{ kind: "patch", type: managedOSImages, key: objectKey(image), patch: { type: "merge", body } }];
}

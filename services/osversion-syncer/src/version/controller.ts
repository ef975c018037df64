import {
  finalizers,
  type ManagedOSImage,
  type ManagedOSVersion,
  managedOSImages,
  managedOSVersions,
  type ObjectKey,
} from "@elemental/api";
import type { Controller, Outcome, Source } from "@elemental/controller";
import type { Reader } from "@elemental/kube";

export const versionControllerName = "managed-os-version";

/** A version, and the names of the ManagedOSImages that upgrade to it; read only when the version is being deleted. */
export interface ObservedVersion {
  version: ManagedOSVersion;
  usedBy: string[];
}

/** Which versions a change of an image concerns. */
export const imageSource: Source<ManagedOSImage> = {
  type: managedOSImages,
  keysFor({ previous, current }) {
    const keys = [previous, current].flatMap((image) => versionKey(image));
    const [before, after] = [previous?.spec?.managedOSVersionName, current?.spec?.managedOSVersionName];
    return before === after ? keys.slice(1) : keys;
  },
};

function versionKey(image: ManagedOSImage | undefined): ObjectKey[] {
  const name = image?.spec?.managedOSVersionName;
  return name ? [{ namespace: image?.metadata.namespace ?? "", name }] : [];
}

/** Holds a ManagedOSVersion that is being deleted for as long as ManagedOSImages use it; resources-and-controllers 2.7. */
export function versionController(kube: Reader): Controller<ManagedOSVersion, ObservedVersion> {
  return {
    name: versionControllerName,
    type: managedOSVersions,
    finalizer: finalizers.managedOSVersion,
    sources: [imageSource],
    observe: async (version) => ({ version, usedBy: await imagesUsing(kube, version) }),
    reconcile: reconcileVersion,
  };
}

export function reconcileVersion({ version, usedBy }: ObservedVersion): Outcome<ManagedOSVersion["status"]> {
  if (!version.metadata.deletionTimestamp) return {};
  if (usedBy.length === 0) return { finalized: true };
  const message = `in use by ManagedOSImages ${usedBy.join(", ")}, deleted once they are`;
  return { events: [{ type: "Warning", reason: "InUse", message }] };
}

/** Reads what the images ask for, not the label they carry: it may be late or missing. */
async function imagesUsing(kube: Reader, version: ManagedOSVersion): Promise<string[]> {
  const { deletionTimestamp, namespace, name } = version.metadata;
  if (!deletionTimestamp) return [];
  const { items } = await kube.list(managedOSImages, { namespace });
  return items
    .filter((image) => image.spec?.managedOSVersionName === name)
    .map((image) => image.metadata.name)
    .sort();
}

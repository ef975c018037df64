import { isDeepStrictEqual } from "node:util";
import {
  annotations,
  controllerOwnerReference,
  finalizers,
  isControlledBy,
  labels,
  type ManagedOSVersion,
  type ManagedOSVersionChannel,
  managedOSVersionChannels,
  managedOSVersions,
  objectKey,
} from "@elemental/api";
import type { Operation } from "@elemental/controller";
import type { JsonPatchOperation } from "@elemental/kube";
import type { Payload, PayloadVersion } from "./payload.ts";

/** What applying a payload takes, and the entries that belong to somebody else. */
export interface VersionChanges {
  operations: Operation[];
  problems: string[];
}

/** Whether a version came from the channel. */
export function isOfChannel(version: ManagedOSVersion, channel: ManagedOSVersionChannel): boolean {
  return version.metadata.labels?.[labels.channel] === channel.metadata.name;
}

/**
 * Brings the versions of a channel in line with its payload (resources-and-controllers 2.6.4). `existing` are all
 * versions of the namespace; those of others are left alone. `syncedAt` is RFC 3339.
 */
export function applyPayload(
  channel: ManagedOSVersionChannel,
  payload: Payload,
  existing: readonly ManagedOSVersion[],
  syncedAt: string,
): VersionChanges {
  const byName = new Map(existing.map((version) => [version.metadata.name, version]));
  const operations: Operation[] = [];
  const problems: string[] = [];
  for (const offered of payload.versions) {
    const current = byName.get(offered.name);
    if (current && !isOfChannel(current, channel)) {
      problems.push(`ManagedOSVersion ${offered.name} is there already and not of this channel`);
      continue;
    }
    operations.push(current ? update(channel, current, offered, syncedAt) : create(channel, offered, syncedAt));
  }
  const left = existing.filter((version) => !payload.names.has(version.metadata.name));
  return { operations: [...operations, ...retire(channel, left)], problems };
}

/** Marks those of `versions` that are of the channel as no longer in it, and deletes them where the channel says so. */
export function retire(channel: ManagedOSVersionChannel, versions: readonly ManagedOSVersion[]): Operation[] {
  return versions
    .filter((version) => isOfChannel(version, channel))
    .flatMap((version): Operation[] => {
      const type = managedOSVersions;
      const key = objectKey(version);
      const body = { metadata: { annotations: { [annotations.channelNoLongerInSync]: "true" } } };
      const isFlagged = version.metadata.annotations?.[annotations.channelNoLongerInSync] === "true";
      const remove = channel.spec?.deleteNoLongerInSyncVersions && !version.metadata.deletionTimestamp;
      return [
        ...(isFlagged ? [] : [{ kind: "patch", type, key, patch: { type: "merge", body } } as const]),
        ...(remove ? [{ kind: "delete", type, key, options: { uid: version.metadata.uid } } as const] : []),
      ];
    });
}

function create(channel: ManagedOSVersionChannel, offered: PayloadVersion, syncedAt: string): Operation {
  const object: ManagedOSVersion = {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "ManagedOSVersion",
    metadata: {
      namespace: channel.metadata.namespace,
      name: offered.name,
      labels: { [labels.channel]: channel.metadata.name },
      annotations: { [annotations.channelLastSync]: syncedAt },
      ownerReferences: [controllerOwnerReference(channel, managedOSVersionChannels)],
      // Its controller would add it with a write of its own.
      finalizers: [finalizers.managedOSVersion],
    },
    spec: specOf(channel, offered),
  };
  return { kind: "create", type: managedOSVersions, object };
}

function update(
  channel: ManagedOSVersionChannel,
  current: ManagedOSVersion,
  offered: PayloadVersion,
  syncedAt: string,
): Operation {
  const { [annotations.channelNoLongerInSync]: _, ...kept } = current.metadata.annotations ?? {};
  const spec = specOf(channel, offered);
  const body: JsonPatchOperation[] = [
    { op: "add", path: "/metadata/annotations", value: { ...kept, [annotations.channelLastSync]: syncedAt } },
    ...(isDeepStrictEqual(current.spec, spec) ? [] : [{ op: "add", path: "/spec", value: spec } as const]),
    ...(isControlledBy(current, channel) ? [] : [own(channel, current)]),
  ];
  return { kind: "patch", type: managedOSVersions, key: objectKey(current), patch: { type: "json", body } };
}

/** A restored version names the channel's former UID. */
function own(channel: ManagedOSVersionChannel, current: ManagedOSVersion): JsonPatchOperation {
  const others = (current.metadata.ownerReferences ?? []).filter((reference) => !reference.controller);
  const value = [...others, controllerOwnerReference(channel, managedOSVersionChannels)];
  return { op: "add", path: "/metadata/ownerReferences", value };
}

function specOf(channel: ManagedOSVersionChannel, offered: PayloadVersion): NonNullable<ManagedOSVersion["spec"]> {
  const { upgradeContainer } = channel.spec ?? {};
  return upgradeContainer ? { ...offered.spec, upgradeContainer } : offered.spec;
}

import type { MachineCredential, MachineInventory } from "@elemental/api";
import { diffMergePatch } from "@elemental/kube";
import type { InventoryDraft } from "@elemental/protocol";

/**
 * The merge patch that brings a known inventory up to date, without a precondition; undefined when nothing changes. Labels and annotations of others stay (registration-protocol 6.7, 6.8).
 */
export function updatePatch(
  { metadata, spec }: MachineInventory,
  draft: InventoryDraft,
  credential: MachineCredential | undefined,
): { metadata: object } | undefined {
  const labels = diffMergePatch(metadata.labels ?? {}, { ...metadata.labels, ...draft.labels });
  const annotations = diffMergePatch(metadata.annotations ?? {}, { ...metadata.annotations, ...draft.annotations });
  const facts = diffMergePatch(
    { hardware: spec?.hardware ?? {}, credential: spec?.credential ?? {} },
    { hardware: draft.hardware ?? spec?.hardware ?? {}, credential: credential ?? spec?.credential ?? {} },
  );
  if (!labels && !annotations && !facts) return undefined;
  return {
    metadata: { ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(facts && { spec: facts }),
  };
}

import type { MachineAttestation, MachineCredential, MachineInventory } from "@elemental/api";
import { diffMergePatch } from "@elemental/kube";
import type { InventoryDraft } from "@elemental/protocol";

/** What the door itself found out or issued. */
export interface MachineRecords {
  /** Undefined leaves the stored one. */
  credential: MachineCredential | undefined;
  attestation: MachineAttestation | undefined;
  /** Undefined leaves the stored one. */
  registrationRef: { name: string } | undefined;
}

/**
 * The merge patch that brings a known inventory up to date, without a precondition; undefined when nothing changes. Labels and annotations of others stay (registration-protocol 6.7, 6.8).
 */
export function updatePatch(
  { metadata, spec = {} }: MachineInventory,
  draft: InventoryDraft,
  { credential, attestation, registrationRef }: MachineRecords,
): { metadata: object } | undefined {
  const labels = diffMergePatch(metadata.labels ?? {}, { ...metadata.labels, ...draft.labels });
  const annotations = diffMergePatch(metadata.annotations ?? {}, { ...metadata.annotations, ...draft.annotations });
  const facts = diffMergePatch(
    {
      hardware: spec.hardware ?? {},
      credential: spec.credential ?? {},
      attestation: spec.attestation ?? {},
      registrationRef: spec.registrationRef ?? {},
    },
    {
      hardware: draft.hardware ?? spec.hardware ?? {},
      credential: credential ?? spec.credential ?? {},
      attestation: attestation ?? {},
      registrationRef: registrationRef ?? spec.registrationRef ?? {},
    },
  );
  if (!labels && !annotations && !facts) return undefined;
  return {
    metadata: { ...(labels && { labels }), ...(annotations && { annotations }) },
    ...(facts && { spec: facts }),
  };
}

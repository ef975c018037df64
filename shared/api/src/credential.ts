import { kubeTime } from "./conditions.ts";
import type { MachineCredential } from "./kinds/machine-inventory.ts";

/**
 * How many tokens of a machine are valid at once. A machine may fetch its configuration several times before it uses
 * one (an installation that is retried, then the first boot), and most later fetches are thrown away by the client.
 */
const MAX_TOKENS = 6;

/** The hashes of all valid tokens, oldest first. */
export function credentialHashes(credential: MachineCredential | undefined): string[] {
  if (!credential) return [];
  const { previousHash, pendingHashes = [], hash } = credential;
  return [...(previousHash ? [previousHash] : []), ...pendingHashes, hash];
}

/**
 * The credential after a token was issued. Earlier tokens stay valid until a later one is used. When there are too many,
 * the second oldest goes: the oldest is the one in use, if any is, and the latest are the likely successors.
 */
export function issueCredential(current: MachineCredential | undefined, hash: string, now: Date): MachineCredential {
  const [oldest, ...others] = credentialHashes(current);
  const kept = others.slice(-(MAX_TOKENS - 2));
  return fromHashes(oldest === undefined ? [hash] : [oldest, ...kept, hash], kubeTime(now));
}

/** The credential after the token of `hash` was used: older ones are void. Undefined when nothing changes. */
export function useCredential(current: MachineCredential, hash: string): MachineCredential | undefined {
  const hashes = credentialHashes(current);
  const index = hashes.indexOf(hash);
  return index > 0 ? fromHashes(hashes.slice(index), current.issuedAt) : undefined;
}

function fromHashes(hashes: string[], issuedAt: string): MachineCredential {
  const [previousHash, ...pendingHashes] = hashes.slice(0, -1);
  return {
    hash: hashes.at(-1) ?? "",
    issuedAt,
    ...(previousHash !== undefined && { previousHash }),
    ...(pendingHashes.length > 0 && { pendingHashes }),
  };
}

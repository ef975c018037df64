import { createAuthority } from "./issue.ts";
import type { CredentialStore } from "./store.ts";

/**
 * The ECDSA P-256 key (PKCS #8 PEM) that signs ServiceAccount tokens, made once and kept as `sa.key`;
 * `sa.crt` beside it carries the public key.
 */
export async function openSigningKey(store: CredentialStore, now = new Date()): Promise<string> {
  const kept = await store.read("sa");
  if (kept?.key) return kept.key;
  const made = await createAuthority("service-account-signer", now);
  await store.write("sa", made);
  return made.key;
}

import { belongTogether, type Credential, isNearExpiry } from "./credential.ts";
import { createAuthority, isIssuedFor, issueLeaf, type LeafRequest } from "./issue.ts";
import type { CredentialStore } from "./store.ts";

const renewAuthorityDays = 365;
const renewLeafDays = 30;

/** Issues certificates that are kept in its store and reused as long as they serve. */
export interface Authority {
  /** PEM, what clients trust. */
  readonly certificate: string;
  /**
   * The certificate kept as `name`; a new one when there is none, its hosts changed, less than 30 days of its
   * validity are left, or it is not of this authority.
   */
  credential(name: string, request: LeafRequest): Promise<Credential>;
}

export interface AuthorityOptions {
  store: CredentialStore;
  commonName: string;
  /** Under which the authority itself is kept; `ca` by default. */
  name?: string;
  now?: () => Date;
}

/**
 * Opens the certificate authority kept in the store, or makes one when there is none or less than a year is left.
 * Throws when the kept certificate and key do not belong together: replacing them silently would break every client.
 */
export async function openAuthority(options: AuthorityOptions): Promise<Authority> {
  const { store, commonName, name = "ca", now = () => new Date() } = options;
  let authority = await store.read(name);
  if (authority && !belongTogether(authority)) {
    throw new Error(
      `The certificate authority ${name} in ${store.location} is damaged: ${name}.crt and ${name}.key do not belong ` +
        "together. Restore both, or remove both to have new ones made.",
    );
  }
  if (!authority || isNearExpiry(authority.certificate, renewAuthorityDays, now())) {
    authority = await createAuthority(commonName, now());
    await store.write(name, authority);
  }
  return issuer(authority, store, now);
}

function issuer(authority: Credential, store: CredentialStore, now: () => Date): Authority {
  return {
    certificate: authority.certificate,
    async credential(name, request) {
      const kept = await store.read(name);
      if (kept && isUsable(kept, authority, request, now())) return kept;
      const issued = await issueLeaf(authority, request, now());
      await store.write(name, issued);
      return issued;
    },
  };
}

function isUsable(kept: Credential, authority: Credential, request: LeafRequest, now: Date): boolean {
  return (
    belongTogether(kept) &&
    !isNearExpiry(kept.certificate, renewLeafDays, now) &&
    isIssuedFor(kept.certificate, authority, request.hosts)
  );
}

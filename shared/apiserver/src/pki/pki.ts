import { type Authority, openAuthority } from "./authority.ts";
import type { Credential } from "./credential.ts";
import { openSigningKey } from "./signing-key.ts";
import { type CredentialStore, fileStore, memoryStore } from "./store.ts";

/** The certificates of the embedded API. */
export interface Pki {
  /** Signs the server's and the administrator's certificate. */
  authority: Authority;
  server: Credential;
  /** `CN=kubernetes-admin, O=system:masters`, as in the kubeconfig. */
  administrator: Credential;
  /** Private key (PEM) that signs ServiceAccount tokens. */
  signingKey: string;
  store: CredentialStore;
}

export interface PkiOptions {
  /** Where certificates are kept; absent: only in memory. */
  directory?: string;
  /** DNS names and IP addresses of the server, besides those of loopback. */
  hosts?: readonly string[];
  now?: () => Date;
}

const loopbackHosts = ["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "127.0.0.1", "::1"];

/** Opens the certificates kept in the directory, making or renewing what is missing, near expiry or for other hosts. */
export async function openPki(options: PkiOptions = {}): Promise<Pki> {
  const { directory, hosts = [], now } = options;
  const store = directory === undefined ? memoryStore() : fileStore(directory);
  const authority = await openAuthority({ store, commonName: "elemental-standalone", ...(now && { now }) });
  const server = await authority.credential("apiserver", {
    commonName: "kube-apiserver",
    hosts: [...loopbackHosts, ...hosts],
  });
  const administrator = await authority.credential("admin", {
    commonName: "kubernetes-admin",
    organization: "system:masters",
  });
  return { authority, server, administrator, signingKey: await openSigningKey(store), store };
}

export { type Authority, type AuthorityOptions, openAuthority } from "./authority.ts";
export type { Credential } from "./credential.ts";
export type { LeafRequest } from "./issue.ts";
export { kubeconfig, writeKubeconfig } from "./kubeconfig.ts";
export { openPki, type Pki, type PkiOptions } from "./pki.ts";
export { type CredentialStore, fileStore, memoryStore } from "./store.ts";

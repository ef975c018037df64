import { type Secret, secrets } from "@elemental/api";
import type { Watcher } from "@elemental/kube";

/** The Secret that restricts a namespace to TPMs of known makers (registration-protocol 2.3). */
const SECRET_NAME = "tpm-ca";

/** Which certificates endorsement keys must descend from. */
export interface TrustAnchors {
  /** PEM text; empty when the Secret has none, undefined when there is no Secret and any key is accepted. */
  of(namespace: string): string | undefined;
  synced(): Promise<void>;
  stop(): void;
}

/** Follows the Secrets of that one name: the right to read them by name is all the door has on Secrets. */
export function watchTrustAnchors(kube: Watcher): TrustAnchors {
  const informer = kube.inform(secrets, { fieldSelector: `metadata.name=${SECRET_NAME}` });
  return {
    of(namespace) {
      const secret = informer.get({ namespace, name: SECRET_NAME });
      return secret && certificates(secret);
    },
    synced: () => informer.synced(),
    stop: () => informer.stop(),
  };
}

function certificates({ data }: Secret): string {
  return Buffer.from(data?.["tls.crt"] ?? "", "base64").toString();
}

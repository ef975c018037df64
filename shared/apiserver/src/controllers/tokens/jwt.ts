import { createHash, createPrivateKey, createPublicKey, sign } from "node:crypto";

/** Whose token it is. */
export interface ServiceAccountSubject {
  namespace: string;
  name: string;
  uid: string;
  /** The Secret that holds the token. */
  secretName: string;
}

/** A JWT (ES256) without expiry for a ServiceAccount, with the claims that Kubernetes puts into such Secrets. */
export function serviceAccountToken(signingKey: string, subject: ServiceAccountSubject): string {
  const { namespace, name, uid, secretName } = subject;
  const key = createPrivateKey(signingKey);
  const publicKey = createPublicKey(key).export({ format: "der", type: "spki" });
  const header = { alg: "ES256", kid: createHash("sha256").update(publicKey).digest("base64url") };
  const claims = {
    iss: "kubernetes/serviceaccount",
    "kubernetes.io/serviceaccount/namespace": namespace,
    "kubernetes.io/serviceaccount/secret.name": secretName,
    "kubernetes.io/serviceaccount/service-account.name": name,
    "kubernetes.io/serviceaccount/service-account.uid": uid,
    sub: `system:serviceaccount:${namespace}:${name}`,
  };
  const content = `${encode(header)}.${encode(claims)}`;
  const signature = sign("sha256", Buffer.from(content), { key, dsaEncoding: "ieee-p1363" });
  return `${content}.${signature.toString("base64url")}`;
}

function encode(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

import "reflect-metadata";
import { createPublicKey, type KeyObject, webcrypto } from "node:crypto";
import { BasicConstraintsExtension, type Extension, X509CertificateGenerator } from "@peculiar/x509";

export {
  BasicConstraintsExtension,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
} from "@peculiar/x509";

const algorithms = {
  ecc: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  rsa: {
    name: "RSASSA-PKCS1-v1_5",
    hash: "SHA-256",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
  },
};
const day = 24 * 3600_000;

export interface CertificateOptions {
  issuer?: Authority;
  extensions?: Extension[];
  notBefore?: Date;
  notAfter?: Date;
  /** Hex; 01 unless told. */
  serial?: string;
}

/** A certificate authority made for a test. */
export interface Authority {
  name: string;
  pem: string;
  privateKey: webcrypto.CryptoKey;
}

/** An authority, self-signed unless it has an issuer; `extensions` replaces its basicConstraints. */
export async function makeAuthority(
  name: string,
  {
    extensions = [new BasicConstraintsExtension(true, undefined, true)],
    kind = "ecc",
    ...options
  }: CertificateOptions & { kind?: keyof typeof algorithms } = {},
): Promise<Authority> {
  const keys = await webcrypto.subtle.generateKey(algorithms[kind], true, ["sign", "verify"]);
  const spki = Buffer.from(await webcrypto.subtle.exportKey("spki", keys.publicKey));
  const self = { name, pem: "", privateKey: keys.privateKey };
  const subject = createPublicKey({ key: spki, type: "spki", format: "der" });
  const { pem } = await certificateFor(subject, { issuer: self, subject: name, extensions, ...options });
  return { ...self, pem };
}

/** A certificate for `key`; signed by an authority of its own unless told. Valid for two days around now. */
export async function certificateFor(
  key: KeyObject,
  options: CertificateOptions & { subject?: string } = {},
): Promise<{ pem: string }> {
  const { issuer = await makeAuthority("CN=Test TPM vendor"), extensions = [], subject = "CN=TPM" } = options;
  const certificate = await X509CertificateGenerator.create({
    serialNumber: options.serial ?? "01",
    subject,
    issuer: issuer.name,
    notBefore: options.notBefore ?? new Date(Date.now() - day),
    notAfter: options.notAfter ?? new Date(Date.now() + day),
    publicKey: await webcrypto.subtle.importKey("spki", key.export({ type: "spki", format: "der" }), ...importAs(key)),
    signingKey: issuer.privateKey,
    signingAlgorithm: { ...issuer.privateKey.algorithm, hash: "SHA-256" },
    extensions,
  });
  return { pem: `${certificate.toString("pem")}\n` };
}

function importAs(key: KeyObject): [{ name: string; namedCurve?: string; hash?: string }, boolean, ["verify"]] {
  if (key.asymmetricKeyType === "ec") return [{ name: "ECDSA", namedCurve: "P-256" }, true, ["verify"]];
  return [{ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, true, ["verify"]];
}

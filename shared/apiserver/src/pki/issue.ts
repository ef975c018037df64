import { createPrivateKey, randomBytes, webcrypto, X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import type { Credential } from "./credential.ts";
import * as x509 from "./x509.ts";

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const day = 86_400_000;
// Machines in a lab boot with clocks that are somewhat behind.
const clockTolerance = day;

/** Days for which an authority and a certificate issued by it are valid. */
export const validity = { authority: 3650, leaf: 365 };

/** Who a leaf certificate is for: a server under `hosts` (DNS names and IP addresses), or a client. */
export interface LeafRequest {
  commonName: string;
  organization?: string;
  /** Absent for a client certificate. */
  hosts?: readonly string[];
}

/** A new self-signed ECDSA P-256 certificate authority. */
export async function createAuthority(commonName: string, now: Date): Promise<Credential> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    ...lifetime(validity.authority, now),
    serialNumber: serialNumber(),
    name: [{ CN: [commonName] }],
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

/** A certificate for a new ECDSA P-256 key, signed by `authority`. */
export async function issueLeaf(authority: Credential, request: LeafRequest, now: Date): Promise<Credential> {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const issuer = new x509.X509Certificate(authority.certificate);
  const usage = request.hosts ? x509.ExtendedKeyUsage.serverAuth : x509.ExtendedKeyUsage.clientAuth;
  const certificate = await x509.X509CertificateGenerator.create({
    ...lifetime(validity.leaf, now),
    serialNumber: serialNumber(),
    subject: [...(request.organization ? [{ O: [request.organization] }] : []), { CN: [request.commonName] }],
    issuer: issuer.subject,
    publicKey: keys.publicKey,
    signingKey: await importKey(authority.key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([usage]),
      await x509.AuthorityKeyIdentifierExtension.create(issuer),
      ...(request.hosts ? [alternativeNames(request.hosts)] : []),
    ],
  });
  return { certificate: pem(certificate), key: await exportKey(keys.privateKey) };
}

/** Whether `certificate` was signed by `authority` for exactly `hosts`. */
export function isIssuedFor(certificate: string, authority: Credential, hosts: readonly string[] | undefined): boolean {
  if (!new X509Certificate(certificate).verify(new X509Certificate(authority.certificate).publicKey)) return false;
  const present = new x509.X509Certificate(certificate).getExtension(x509.SubjectAlternativeNameExtension);
  if (!hosts || !present) return !hosts && !present;
  return Buffer.from(present.rawData).equals(Buffer.from(alternativeNames(hosts).rawData));
}

function alternativeNames(hosts: readonly string[]): x509.SubjectAlternativeNameExtension {
  const names = [...new Set(hosts)].sort();
  return new x509.SubjectAlternativeNameExtension(
    names.map((value) => ({ type: isIP(value) ? ("ip" as const) : ("dns" as const), value })),
  );
}

function lifetime(days: number, now: Date): { notBefore: Date; notAfter: Date } {
  return { notBefore: new Date(now.getTime() - clockTolerance), notAfter: new Date(now.getTime() + days * day) };
}

// Positive and without leading zero byte, as RFC 5280 wants it.
function serialNumber(): string {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes.toString("hex");
}

function pem(certificate: x509.X509Certificate): string {
  return `${certificate.toString("pem")}\n`;
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = Buffer.from(await webcrypto.subtle.exportKey("pkcs8", key));
  return createPrivateKey({ key: der, format: "der", type: "pkcs8" })
    .export({ format: "pem", type: "pkcs8" })
    .toString();
}

function importKey(pkcs8: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pkcs8).export({ format: "der", type: "pkcs8" });
  return webcrypto.subtle.importKey("pkcs8", der, algorithm, false, ["sign"]);
}

import { createPublicKey, type KeyObject, type X509Certificate } from "node:crypto";
import { canonicalKey, endorsementKeyHash } from "../attestation/endorsement-key.ts";
import type { TpmDevice } from "../device/device.ts";
import { MalformedStructure } from "../errors.ts";
import { decodePublic, encodePublic, type TpmPublic } from "../wire/public.ts";
import { wellFormed } from "./command.ts";
import { parseNvCertificate, parseNvChain } from "./ek-certificate.ts";
import { readNv } from "./nv.ts";
import { createPrimary, hierarchy, readPublic } from "./objects.ts";
import { eccEkTemplate, rsaEkTemplate } from "./templates.ts";

export type EkAlgorithm = "rsa" | "ecc";

/** The endorsement key, loaded or persistent. */
export interface LoadedEndorsementKey {
  handle: number;
  /** False when the handle is persistent and must not be flushed. */
  transient: boolean;
  /** What the attestation document carries: the certificate when there is one for this key, and its chain. */
  pem: Buffer;
  hash: string;
}

/** TCG's assignments, registration-protocol 2.9 and 2.10. */
const profiles = {
  rsa: { template: rsaEkTemplate, persistent: 0x81010001, certificate: 0x01c00002, nonce: 0x01c00003 },
  ecc: { template: eccEkTemplate, persistent: 0x81010002, certificate: 0x01c0000a, nonce: 0x01c0000b },
} as const;

/** Finds the endorsement key of the default template, or makes it, which takes seconds on slow TPMs. Throws TpmError. */
export async function loadEndorsementKey(device: TpmDevice, kind: EkAlgorithm): Promise<LoadedEndorsementKey> {
  const profile = profiles[kind];
  const found = await readPublic(device, profile.persistent);
  const usable = found !== undefined && fits(found, profile.template);
  const loaded = usable
    ? { handle: profile.persistent, public: found }
    : await createPrimary(device, hierarchy.endorsement, await templateOf(device, kind));
  const key = wellFormed({ name: "CreatePrimary" }, () => keyObject(decodePublic(loaded.public)));
  const certificate = await certificateFor(device, profile.certificate, key);
  const pem = certificate
    ? [certificate, ...(await certificateChain(device))].map(String).join("")
    : key.export({ type: "spki", format: "pem" });
  return { handle: loaded.handle, transient: !usable, pem: Buffer.from(pem), hash: endorsementKeyHash(key) };
}

/** Whether a persistent key was made from the template; keys of other templates would be another identity. */
function fits(bytes: Buffer, template: TpmPublic): boolean {
  const key = wellFormed({ name: "ReadPublic" }, () => decodePublic(bytes));
  return encodePublic(withoutKey(key)).equals(encodePublic(template));
}

function withoutKey(key: TpmPublic): TpmPublic {
  return key.type === "rsa"
    ? { ...key, modulus: rsaEkTemplate.modulus }
    : { ...key, x: eccEkTemplate.x, y: eccEkTemplate.y };
}

/** The template, with the manufacturer's nonce at the start of `unique` when NV has one. */
async function templateOf(device: TpmDevice, kind: EkAlgorithm): Promise<TpmPublic> {
  const nonce = await readNv(device, profiles[kind].nonce, hierarchy.owner);
  if (nonce === undefined) return profiles[kind].template;
  if (kind === "rsa") return { ...rsaEkTemplate, modulus: overlay(nonce, rsaEkTemplate.modulus) };
  const unique = overlay(nonce, Buffer.concat([eccEkTemplate.x, eccEkTemplate.y]));
  return { ...eccEkTemplate, x: unique.subarray(0, 32), y: unique.subarray(32) };
}

function overlay(start: Buffer, whole: Buffer): Buffer {
  return Buffer.concat([start, whole.subarray(Math.min(start.length, whole.length))]).subarray(0, whole.length);
}

function keyObject(key: TpmPublic): KeyObject {
  const jwk =
    key.type === "rsa"
      ? { kty: "RSA", n: key.modulus.toString("base64url"), e: "AQAB" }
      : { kty: "EC", crv: "P-256", x: key.x.toString("base64url"), y: key.y.toString("base64url") };
  try {
    return createPublicKey({ key: jwk, format: "jwk" });
  } catch (cause) {
    throw new MalformedStructure("the public key is no key of its type", { cause });
  }
}

/** A certificate for another key than the one this TPM can use would only make the activation fail. */
async function certificateFor(device: TpmDevice, index: number, key: KeyObject): Promise<X509Certificate | undefined> {
  const data = await readNv(device, index);
  const certificate = data === undefined ? undefined : parseNvCertificate(data);
  try {
    return certificate !== undefined && canonicalKey(certificate.publicKey).equals(key) ? certificate : undefined;
  } catch {
    return undefined;
  }
}

/** NV indices in which makers leave the chain of their EK certificates (TCG EK profile 2.2.1.5). */
const chainStart = 0x01c00100;
const maxChainIndices = 16;

async function certificateChain(device: TpmDevice): Promise<X509Certificate[]> {
  const parts: Buffer[] = [];
  while (parts.length < maxChainIndices) {
    const data = await readNv(device, chainStart + parts.length);
    if (data === undefined) break;
    parts.push(data);
  }
  return parseNvChain(Buffer.concat(parts));
}

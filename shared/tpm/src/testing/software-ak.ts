import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type AttestationKeyMaterial, encodeDocument } from "../attestation/document.ts";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { akTemplate } from "../session/templates.ts";
import { type CreationAttest, encodeCreationAttest } from "../wire/attest.ts";
import { algorithm } from "../wire/constants.ts";
import { encodeCreationData } from "../wire/creation-data.ts";
import { encodePublic, nameOf, type RsaPublic } from "../wire/public.ts";
import { encodeRsassaSignature } from "../wire/signature.ts";

/** What a forged attestation key does differently from a right one; everything else follows from it consistently. */
export interface AkChanges {
  key?: KeyObject;
  public?: Partial<RsaPublic>;
  createData?: Buffer;
  attest?: Partial<CreationAttest>;
  /** Applied to the encoded structures, the attestation before it is signed. */
  editPublic?: (bytes: Buffer) => Buffer;
  editAttestation?: (bytes: Buffer) => Buffer;
  editSignature?: (bytes: Buffer) => Buffer;
}

/** A creation with an empty PCR digest, registration-protocol 2.12. */
export const plainCreateData = encodeCreationData({
  pcrDigest: Buffer.alloc(0),
  locality: 1,
  parentNameAlgorithm: algorithm.sha256,
  parentName: nameOf(Buffer.from("parent")),
  parentQualifiedName: nameOf(Buffer.from("owner and parent")),
  outsideInfo: Buffer.alloc(0),
});

const same = (bytes: Buffer) => bytes;

/** An attestation key made in software; acceptable to a server unless `changes` spoil it. */
export function softwareAk(changes: AkChanges = {}): AttestationKeyMaterial {
  const { key = emulatedKey(1n, "ak"), createData = plainCreateData } = changes;
  const { editPublic = same, editAttestation = same, editSignature = same } = changes;
  const { n = "" } = createPublicKey(key).export({ format: "jwk" });
  const modulus = Buffer.from(n, "base64url");
  const publicArea = editPublic(encodePublic({ ...akTemplate, modulus, ...changes.public }));
  const attest = {
    qualifiedSigner: nameOf(Buffer.from("signer")),
    extraData: Buffer.alloc(0),
    objectName: nameOf(publicArea),
    creationHash: createHash("sha256").update(createData).digest(),
    ...changes.attest,
  };
  const createAttestation = editAttestation(encodeCreationAttest(attest));
  const createSignature = editSignature(encodeRsassaSignature(sign("sha256", createAttestation, key)));
  return { public: publicArea, createData, createAttestation, createSignature };
}

/** The text that follows `Bearer TPM` for an endorsement key (public, or PEM of a certificate) and an AK. */
export function softwareDocument(ek: KeyObject | string, ak: AttestationKeyMaterial = softwareAk()): string {
  const pem = typeof ek === "string" ? ek : ek.export({ type: "spki", format: "pem" });
  return encodeDocument(Buffer.from(pem), ak);
}

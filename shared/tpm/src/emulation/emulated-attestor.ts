import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { type AttestationKeyMaterial, encodeDocument } from "../attestation/document.ts";
import { endorsementKeyHash } from "../attestation/endorsement-key.ts";
import type { Attestor } from "../attestor.ts";
import { TpmError } from "../errors.ts";
import { akTemplate } from "../session/templates.ts";
import { encodeCreationAttest } from "../wire/attest.ts";
import { algorithm } from "../wire/constants.ts";
import { encodeCreationData } from "../wire/creation-data.ts";
import { encodePublic, nameOf } from "../wire/public.ts";
import { encodeRsassaSignature } from "../wire/signature.ts";
import { answerChallenge } from "./answer.ts";
import { emulatedKey } from "./rsa-key.ts";

/** An exported RSA-2048 modulus has its top bit set, so it is exactly this long. */
const keyBits = 2048;
const emptyDigest = createHash("sha256").digest();

/**
 * A TPM in software for machines without one: it proves nothing. Endorsement and attestation key depend on the seed
 * alone, so equal seeds are the same machine, today and in later versions. The endorsement key differs from the one
 * that other implementations derive from the same seed. Throws TpmError `SeedInvalid` for 0 and what is not an int64.
 */
export function emulatedAttestor(seed: bigint): Attestor {
  if (seed === 0n || seed !== BigInt.asIntN(64, seed)) {
    throw new TpmError(
      "SeedInvalid",
      "the seed of an emulated TPM must be a 64-bit integer other than 0; choose another one",
    );
  }
  const ek = once(() => emulatedKey(seed, "ek"));
  const ak = once(() => emulatedKey(seed, "ak"));
  return {
    endorsementKeyHash: async () => endorsementKeyHash(createPublicKey(ek())),
    document: async () => encodeDocument(publicPem(ek()), certify(ak())),
    answer: async (message) => answerChallenge(ek(), nameOf(akPublic(ak())), message),
    close: async () => {},
  };
}

function once<T>(make: () => T): () => T {
  let value: T | undefined;
  return () => {
    value ??= make();
    return value;
  };
}

function publicPem(key: KeyObject): Buffer {
  return Buffer.from(createPublicKey(key).export({ type: "spki", format: "pem" }));
}

function akPublic(key: KeyObject): Buffer {
  const { n = "" } = createPublicKey(key).export({ format: "jwk" });
  return encodePublic({ ...akTemplate, keyBits, modulus: Buffer.from(n, "base64url") });
}

/** What a TPM returns for CertifyCreation of a key it just made; no one checks the parent (registration-protocol 2.12). */
function certify(key: KeyObject): AttestationKeyMaterial {
  const publicArea = akPublic(key);
  const createData = encodeCreationData({
    pcrDigest: emptyDigest,
    locality: 1,
    parentNameAlgorithm: algorithm.sha256,
    parentName: nameOf(Buffer.alloc(0)),
    parentQualifiedName: nameOf(Buffer.alloc(0)),
    outsideInfo: Buffer.alloc(0),
  });
  const createAttestation = encodeCreationAttest({
    qualifiedSigner: nameOf(publicArea),
    extraData: Buffer.alloc(0),
    objectName: nameOf(publicArea),
    creationHash: createHash("sha256").update(createData).digest(),
  });
  const createSignature = encodeRsassaSignature(sign("sha256", createAttestation, key));
  return { public: publicArea, createData, createAttestation, createSignature };
}

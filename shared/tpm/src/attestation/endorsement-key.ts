import { createHash, createPublicKey, type KeyObject, X509Certificate } from "node:crypto";
import { AttestationRefused } from "../errors.ts";
import { certifiedKey } from "./certified-key.ts";
import { certificatesIn, firstPemBlock, type PemBlock } from "./pem.ts";

/** The key that identifies a TPM. */
export interface EndorsementKey {
  publicKey: KeyObject;
  /** Lower-case hex SHA-256 of the re-encoded SubjectPublicKeyInfo: a machine's `spec.tpmHash`. */
  hash: string;
  /** Present when the machine sent a certificate; nothing about it was checked. */
  certificate: X509Certificate | undefined;
  /** Certificates that the machine sent after its own, to link it to an authority. */
  intermediates: X509Certificate[];
}

const minModulusBits = 2048;
/** Above the sizes TPMs have; bounds the work a stranger can ask for. */
const maxModulusBits = 4096;
/** Chains of TPM makers have one or two intermediates. */
const maxIntermediates = 8;

/** Decodes the EK of an attestation document (registration-protocol 2.2). Throws AttestationRefused. */
export function parseEndorsementKey(pem: Buffer): EndorsementKey {
  const text = pem.toString("latin1");
  const { publicKey, certificate } = keyOf(firstPemBlock(text));
  const canonical = canonicalKey(publicKey);
  const others = certificate ? certificatesIn(text).filter(({ raw }) => !raw.equals(certificate.raw)) : [];
  const intermediates = others.slice(0, maxIntermediates);
  return { publicKey: canonical, hash: endorsementKeyHash(canonical), certificate, intermediates };
}

/** EK hash of a key made by canonicalKey. */
export function endorsementKeyHash(key: KeyObject): string {
  return createHash("sha256")
    .update(key.export({ type: "spki", format: "der" }))
    .digest("hex");
}

function keyOf({ type, der }: PemBlock): { publicKey: KeyObject; certificate: X509Certificate | undefined } {
  if (type !== "CERTIFICATE" && type !== "PUBLIC KEY") {
    throw new AttestationRefused("EkPemType", `invalid pem type: ${type.replace(/[^ -~]/g, "?")}`);
  }
  try {
    if (type === "PUBLIC KEY") {
      return { publicKey: createPublicKey({ key: der, type: "spki", format: "der" }), certificate: undefined };
    }
    const certificate = new X509Certificate(der);
    return { publicKey: certifiedKey(certificate), certificate };
  } catch (cause) {
    throw new AttestationRefused("EkUndecodable", `EK does not decode as ${type.toLowerCase()}`, { cause });
  }
}

/**
 * The same key with the one encoding that is hashed: rsaEncryption, or a named curve with an uncompressed point.
 * Throws AttestationRefused `EkUnsupported` for anything but RSA of 2048 to 4096 bits and P-256.
 */
export function canonicalKey(key: KeyObject): KeyObject {
  const { modulusLength = 0, namedCurve } = key.asymmetricKeyDetails ?? {};
  const rsa = key.asymmetricKeyType === "rsa" && modulusLength >= minModulusBits && modulusLength <= maxModulusBits;
  const ecc = key.asymmetricKeyType === "ec" && namedCurve === "prime256v1";
  try {
    if (rsa || ecc) return createPublicKey({ key: key.export({ format: "jwk" }), format: "jwk" });
  } catch (cause) {
    throw new AttestationRefused("EkUnsupported", "EK is not usable", { cause });
  }
  const size = key.asymmetricKeyType === "rsa" ? ` of ${modulusLength} bits` : "";
  throw new AttestationRefused(
    "EkUnsupported",
    `EK is a ${key.asymmetricKeyType} key${size}, only RSA of ${minModulusBits} to ${maxModulusBits} bits and P-256 are accepted`,
  );
}

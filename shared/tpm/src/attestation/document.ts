import { AttestationRefused } from "../errors.ts";
import { decodeBase64 } from "./base64.ts";
import { byteString, member, parseObject } from "./json.ts";

/** How an attestation key came to be, as its TPM certified it (registration-protocol 2.1). */
export interface AttestationKeyMaterial {
  /** TPMT_PUBLIC. */
  public: Buffer;
  /** TPMS_CREATION_DATA. */
  createData: Buffer;
  /** TPMS_ATTEST. */
  createAttestation: Buffer;
  /** TPMT_SIGNATURE. */
  createSignature: Buffer;
}

/** What a machine presents in its Authorization header. */
export interface AttestationDocument {
  /** What the machine can do beyond the original protocol. */
  features: string[];
  /** PEM text of the endorsement key or of its certificate. */
  ek: Buffer;
  /** Undefined when the document has no AK. */
  ak: AttestationKeyMaterial | undefined;
}

/** Largest accepted base64 text: the reference's documents have 2.4 to 8 KiB. */
export const maxDocumentLength = 64 * 1024;

/** A machine with this feature answers the quote request of a challenge. Other servers ignore it. */
export const quoteFeature = "pcr-quote";

/** The base64 text that follows `Bearer TPM`. */
export function encodeDocument(ek: Buffer, ak: AttestationKeyMaterial, features: readonly string[] = []): string {
  const document = {
    EK: ek.toString("base64"),
    AK: {
      Public: ak.public.toString("base64"),
      UseTCSDActivationFormat: false,
      CreateData: ak.createData.toString("base64"),
      CreateAttestation: ak.createAttestation.toString("base64"),
      CreateSignature: ak.createSignature.toString("base64"),
    },
    ...(features.length > 0 && { Features: features }),
  };
  return Buffer.from(JSON.stringify(document)).toString("base64");
}

/** Decodes what follows `Bearer TPM`. Keys match case-insensitively, unknown ones are ignored. Throws AttestationRefused. */
export function decodeDocument(text: string): AttestationDocument {
  if (text.length > maxDocumentLength) {
    throw new AttestationRefused(
      "DocumentTooLarge",
      `attestation document is longer than ${maxDocumentLength} characters`,
    );
  }
  const bytes = decodeBase64(text);
  if (bytes === undefined) throw new AttestationRefused("DocumentNotBase64", "attestation document is not base64");
  const document = parseObject(bytes, "attestation document");
  const ak = member(document, "AK");
  if (ak !== undefined && (typeof ak !== "object" || ak === null || Array.isArray(ak))) {
    throw new AttestationRefused("DocumentInvalid", "AK of the attestation document is not an object");
  }
  const features = [member(document, "Features")].flat().filter((feature) => typeof feature === "string");
  return { ek: byteString(document, "EK"), ak: ak === undefined ? undefined : material(ak), features };
}

function material(ak: object): AttestationKeyMaterial {
  return {
    public: byteString(ak, "Public"),
    createData: byteString(ak, "CreateData"),
    createAttestation: byteString(ak, "CreateAttestation"),
    createSignature: byteString(ak, "CreateSignature"),
  };
}

import { parseJsonObject } from "../json/index.ts";
import { decodeBase64, encodeBase64 } from "./base64.ts";
import { bytesField, fieldsOf, objectField } from "./fields.ts";

/** The document in a TPM client's Authorization header (registration-protocol 2.1), decoded but not verified. */
export interface AttestationDocument {
  /** PEM text: an EK certificate or a public key. */
  ek: Uint8Array;
  ak: {
    /** TPMT_PUBLIC of the attestation key. */
    public: Uint8Array;
    /** TPMS_CREATION_DATA. */
    createData: Uint8Array;
    /** TPMS_ATTEST of type creation. */
    createAttestation: Uint8Array;
    /** TPMT_SIGNATURE over `createAttestation`. */
    createSignature: Uint8Array;
  };
}

/** Base64 of the compact JSON document, keys in the original's order. */
export function encodeAttestation({ ek, ak }: AttestationDocument): string {
  const document = {
    EK: encodeBase64(ek),
    AK: {
      Public: encodeBase64(ak.public),
      UseTCSDActivationFormat: false,
      CreateData: encodeBase64(ak.createData),
      CreateAttestation: encodeBase64(ak.createAttestation),
      CreateSignature: encodeBase64(ak.createSignature),
    },
  };
  return encodeBase64(Buffer.from(JSON.stringify(document)));
}

/** The inverse; keys in any order and letter case, unknown ones ignored. Throws `Malformed`. */
export function decodeAttestation(base64: string): AttestationDocument {
  const document = fieldsOf(parseJsonObject(decodeBase64(base64)));
  const ak = objectField(document, "AK");
  return {
    ek: bytesField(document, "EK"),
    ak: {
      public: bytesField(ak, "Public"),
      createData: bytesField(ak, "CreateData"),
      createAttestation: bytesField(ak, "CreateAttestation"),
      createSignature: bytesField(ak, "CreateSignature"),
    },
  };
}

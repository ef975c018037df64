import { MalformedStructure } from "../errors.ts";
import { algorithm } from "./constants.ts";
import { Reader } from "./reader.ts";
import { sized, u16 } from "./writer.ts";

/** TPMT_SIGNATURE (registration-protocol 2.6.4). */
export type TpmSignature =
  | { type: "rsa"; algorithm: number; hash: number; signature: Buffer }
  | { type: "ecdsa"; hash: number; r: Buffer; s: Buffer };

/** Decodes TPMT_SIGNATURE. Trailing bytes and other algorithms are malformed. */
export function decodeSignature(bytes: Buffer): TpmSignature {
  const reader = new Reader(bytes, "TPMT_SIGNATURE");
  const id = reader.u16();
  const signature = readBody(reader, id);
  reader.end();
  return signature;
}

function readBody(reader: Reader, id: number): TpmSignature {
  switch (id) {
    case algorithm.rsassa:
    case algorithm.rsapss:
      return { type: "rsa", algorithm: id, hash: reader.u16(), signature: reader.sized() };
    case algorithm.ecdsa:
      return { type: "ecdsa", hash: reader.u16(), r: reader.sized(), s: reader.sized() };
    default:
      throw new MalformedStructure(`TPMT_SIGNATURE of alg 0x${id.toString(16)} is unknown`);
  }
}

/** Encodes an RSASSA signature with SHA-256. */
export function encodeRsassaSignature(signature: Buffer): Buffer {
  return Buffer.concat([u16(algorithm.rsassa), u16(algorithm.sha256), sized(signature)]);
}

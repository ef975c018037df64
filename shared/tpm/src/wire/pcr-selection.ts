import { MalformedStructure } from "../errors.ts";
import { algorithm } from "./constants.ts";
import type { Reader } from "./reader.ts";
import { u8, u16, u32 } from "./writer.ts";

/** A PC client TPM has PCRs 0 to 23. */
export const pcrCount = 24;
const bitmapBytes = pcrCount / 8;

/** TPML_PCR_SELECTION of the SHA-256 bank. */
export function encodePcrSelection(pcrs: readonly number[]): Buffer {
  const bitmap = Buffer.alloc(bitmapBytes);
  for (const pcr of pcrs) bitmap.writeUInt8(bitmap.readUInt8(pcr >> 3) | (1 << (pcr & 7)), pcr >> 3);
  return Buffer.concat([u32(1), u16(algorithm.sha256), u8(bitmapBytes), bitmap]);
}

/** The PCRs of a TPML_PCR_SELECTION in their order; other banks than SHA-256 are malformed. */
export function readPcrSelection(reader: Reader): number[] {
  const banks = reader.u32();
  if (banks > 1) throw new MalformedStructure(`TPML_PCR_SELECTION has ${banks} banks, at most 1 is known`);
  if (banks === 0) return [];
  if (reader.u16() !== algorithm.sha256) throw new MalformedStructure("PCRs of another bank than SHA-256");
  const bitmap = reader.bytes(reader.u8());
  return [...bitmap].flatMap((byte, index) => bitsOf(byte).map((bit) => index * 8 + bit));
}

function bitsOf(byte: number): number[] {
  return [0, 1, 2, 3, 4, 5, 6, 7].filter((bit) => (byte & (1 << bit)) !== 0);
}

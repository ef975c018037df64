import { MalformedStructure } from "../errors.ts";
import { Reader } from "./reader.ts";
import { sized, u8, u16, u32 } from "./writer.ts";

/** TPMS_CREATION_DATA (registration-protocol 2.6.2), without the PCR selection, which nothing uses. */
export interface CreationData {
  pcrDigest: Buffer;
  locality: number;
  parentNameAlgorithm: number;
  parentName: Buffer;
  parentQualifiedName: Buffer;
  outsideInfo: Buffer;
}

/** Decodes TPMS_CREATION_DATA with at most one PCR selection. Trailing bytes are malformed. */
export function decodeCreationData(bytes: Buffer): CreationData {
  const reader = new Reader(bytes, "TPMS_CREATION_DATA");
  const selections = reader.u32();
  if (selections > 1)
    throw new MalformedStructure(`TPMS_CREATION_DATA has ${selections} PCR selections, at most 1 is known`);
  if (selections === 1) {
    reader.u16();
    reader.bytes(reader.u8());
  }
  const data = {
    pcrDigest: reader.sized(),
    locality: reader.u8(),
    parentNameAlgorithm: reader.u16(),
    parentName: reader.sized(),
    parentQualifiedName: reader.sized(),
    outsideInfo: reader.sized(),
  };
  reader.end();
  return data;
}

/** Encodes TPMS_CREATION_DATA with an empty PCR selection. */
export function encodeCreationData(data: CreationData): Buffer {
  return Buffer.concat([
    u32(0),
    sized(data.pcrDigest),
    u8(data.locality),
    u16(data.parentNameAlgorithm),
    sized(data.parentName),
    sized(data.parentQualifiedName),
    sized(data.outsideInfo),
  ]);
}

import { attestCreation, attestMagic } from "./constants.ts";
import { Reader } from "./reader.ts";
import { sized, u8, u16, u32, u64 } from "./writer.ts";

/** TPMS_ATTEST of a creation (registration-protocol 2.6.3), as far as anything reads it. */
export interface CreationAttest {
  qualifiedSigner: Buffer;
  extraData: Buffer;
  objectName: Buffer;
  creationHash: Buffer;
}

/** What a TPMS_ATTEST says it is; `creation` is absent unless magic and type are those of a creation. */
export interface Attest {
  magic: number;
  type: number;
  creation?: CreationAttest;
}

/** Decodes TPMS_ATTEST; the body is decoded only when it is that of a creation. Trailing bytes are malformed. */
export function decodeAttest(bytes: Buffer): Attest {
  const reader = new Reader(bytes, "TPMS_ATTEST");
  const [magic, type] = [reader.u32(), reader.u16()];
  if (magic !== attestMagic || type !== attestCreation) return { magic, type };
  const [qualifiedSigner, extraData] = [reader.sized(), reader.sized()];
  reader.bytes(clockInfoLength + firmwareVersionLength);
  const creation = { qualifiedSigner, extraData, objectName: reader.sized(), creationHash: reader.sized() };
  reader.end();
  return { magic, type, creation };
}

const clockInfoLength = 8 + 4 + 4 + 1;
const firmwareVersionLength = 8;

/** Encodes TPMS_ATTEST of a creation with a clock and firmware version of zero. */
export function encodeCreationAttest(attest: CreationAttest): Buffer {
  const clockInfo = Buffer.concat([u64(0n), u32(0), u32(0), u8(1)]);
  return Buffer.concat([
    u32(attestMagic),
    u16(attestCreation),
    sized(attest.qualifiedSigner),
    sized(attest.extraData),
    clockInfo,
    u64(0n),
    sized(attest.objectName),
    sized(attest.creationHash),
  ]);
}

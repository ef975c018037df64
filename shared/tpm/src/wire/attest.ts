import { attestCreation, attestMagic, attestQuote } from "./constants.ts";
import { encodePcrSelection, readPcrSelection } from "./pcr-selection.ts";
import { Reader } from "./reader.ts";
import { sized, u8, u16, u32, u64 } from "./writer.ts";

/** TPMS_ATTEST of a creation (registration-protocol 2.6.3), as far as anything reads it. */
export interface CreationAttest {
  qualifiedSigner: Buffer;
  extraData: Buffer;
  objectName: Buffer;
  creationHash: Buffer;
}

/** TPMS_ATTEST of a quote, as far as anything reads it. */
export interface QuoteAttest {
  extraData: Buffer;
  /** PCRs of the SHA-256 bank, in their order. */
  pcrs: number[];
  /** SHA-256 over their values, in that order. */
  pcrDigest: Buffer;
}

/** What a TPMS_ATTEST says it is; a body is there when magic and type are its. */
export interface Attest {
  magic: number;
  type: number;
  creation?: CreationAttest;
  quote?: QuoteAttest;
}

/** Decodes TPMS_ATTEST with the body of a creation or a quote. Trailing bytes are malformed. */
export function decodeAttest(bytes: Buffer): Attest {
  const reader = new Reader(bytes, "TPMS_ATTEST");
  const [magic, type] = [reader.u32(), reader.u16()];
  if (magic !== attestMagic || (type !== attestCreation && type !== attestQuote)) return { magic, type };
  const [qualifiedSigner, extraData] = [reader.sized(), reader.sized()];
  reader.bytes(clockInfoLength + firmwareVersionLength);
  if (type === attestQuote) {
    const quote = { extraData, pcrs: readPcrSelection(reader), pcrDigest: reader.sized() };
    reader.end();
    return { magic, type, quote };
  }
  const creation = { qualifiedSigner, extraData, objectName: reader.sized(), creationHash: reader.sized() };
  reader.end();
  return { magic, type, creation };
}

const clockInfoLength = 8 + 4 + 4 + 1;
const firmwareVersionLength = 8;

const noClock = Buffer.concat([u64(0n), u32(0), u32(0), u8(1)]);

/** Encodes TPMS_ATTEST of a creation with a clock and firmware version of zero. */
export function encodeCreationAttest(attest: CreationAttest): Buffer {
  const names = [sized(attest.objectName), sized(attest.creationHash)];
  return Buffer.concat([u32(attestMagic), u16(attestCreation), ...common(attest), ...names]);
}

/** Encodes TPMS_ATTEST of a quote with a clock and firmware version of zero. */
export function encodeQuoteAttest(attest: QuoteAttest & { qualifiedSigner: Buffer }): Buffer {
  const body = [encodePcrSelection(attest.pcrs), sized(attest.pcrDigest)];
  return Buffer.concat([u32(attestMagic), u16(attestQuote), ...common(attest), ...body]);
}

function common({ qualifiedSigner, extraData }: { qualifiedSigner: Buffer; extraData: Buffer }): Buffer[] {
  return [sized(qualifiedSigner), sized(extraData), noClock, u64(0n)];
}

/** One field of a protobuf message: its number and its raw value. */
export interface WireField {
  number: number;
  /** A varint, or the bytes of a length-delimited value. */
  value: bigint | Uint8Array;
}

/** The bytes are not a protobuf message. */
export class MalformedProtobuf extends Error {
  override readonly name = "MalformedProtobuf";
  readonly code = "MalformedProtobuf";
}

const varintType = 0;
const fixed64Type = 1;
const bytesType = 2;
const fixed32Type = 5;

/** The fields of a message in their order. Throws MalformedProtobuf. */
export function* wireFields(bytes: Uint8Array): Generator<WireField> {
  const cursor = { bytes, at: 0 };
  while (cursor.at < bytes.length) {
    const key = Number(varint(cursor));
    yield { number: key >>> 3, value: fieldValue(cursor, key & 7) };
  }
}

interface Cursor {
  bytes: Uint8Array;
  at: number;
}

function fieldValue(cursor: Cursor, wireType: number): bigint | Uint8Array {
  if (wireType === varintType) return varint(cursor);
  if (wireType === bytesType) return take(cursor, Number(varint(cursor)));
  if (wireType === fixed64Type) return take(cursor, 8);
  if (wireType === fixed32Type) return take(cursor, 4);
  throw new MalformedProtobuf(`wire type ${wireType} is not known`);
}

function varint(cursor: Cursor): bigint {
  let value = 0n;
  for (let shift = 0n; shift < 70n; shift += 7n) {
    const byte = cursor.bytes[cursor.at++];
    if (byte === undefined) throw new MalformedProtobuf("the message ends within a number");
    value |= BigInt(byte & 0x7f) << shift;
    if (byte < 0x80) return BigInt.asIntN(64, value);
  }
  throw new MalformedProtobuf("a number is too long");
}

function take(cursor: Cursor, length: number): Uint8Array {
  const end = cursor.at + length;
  if (length < 0 || end > cursor.bytes.length) throw new MalformedProtobuf("the message ends within a field");
  const value = cursor.bytes.subarray(cursor.at, end);
  cursor.at = end;
  return value;
}

const lengthDelimited = 2;

/** A field that holds a text or a message that was written before. Empty fields may be left out by the caller. */
export function field(number: number, value: string | Uint8Array): Uint8Array {
  const content = typeof value === "string" ? Buffer.from(value) : value;
  return Buffer.concat([varint((number << 3) | lengthDelimited), varint(content.length), content]);
}

/** A message of the given fields. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

function varint(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 0x80)) bytes.push((rest & 0x7f) | 0x80);
  return Uint8Array.from([...bytes, rest]);
}

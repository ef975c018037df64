import { MalformedStructure } from "../errors.ts";

/** One DER element: its tag and contents, and how many bytes it takes with its header. */
export interface DerElement {
  tag: number;
  contents: Buffer;
  length: number;
}

/** Reads the element at the start of `bytes`. Throws MalformedStructure for what is not definite-length DER. */
export function readDer(bytes: Buffer): DerElement {
  const [tag, first] = [bytes[0], bytes[1]];
  if (tag === undefined || first === undefined || (tag & 0x1f) === 0x1f)
    throw new MalformedStructure("not a DER element");
  const lengthBytes = first < 0x80 ? 0 : first & 0x7f;
  if (first === 0x80 || lengthBytes > 4 || bytes.length < 2 + lengthBytes)
    throw new MalformedStructure("bad DER length");
  const size = lengthBytes === 0 ? first : bytes.readUIntBE(2, lengthBytes);
  const start = 2 + lengthBytes;
  if (bytes.length < start + size) throw new MalformedStructure("DER element ends early");
  return { tag, contents: bytes.subarray(start, start + size), length: start + size };
}

/** The elements in the contents of a constructed element. */
export function derChildren(contents: Buffer): DerElement[] {
  const children: DerElement[] = [];
  for (let rest = contents; rest.length > 0; ) {
    const child = readDer(rest);
    children.push(child);
    rest = rest.subarray(child.length);
  }
  return children;
}

/** Kinds of program headers that matter here (ELF specification, figure 2-2). */
export const segmentType = { load: 1, dynamic: 2, interpreter: 3, note: 4, headers: 6 } as const;

/** One 64-bit program header: which bytes of the file stand where in memory. */
export interface Segment {
  type: number;
  flags: number;
  offset: number;
  address: number;
  fileSize: number;
  memorySize: number;
  align: number;
}

export const HEADER_SIZE = 64;
export const SEGMENT_SIZE = 56;

/** The program headers of a little-endian 64-bit ELF file. Throws an Error when `file` is none. */
export function readSegments(file: Buffer): Segment[] {
  if (file.subarray(0, 6).toString("latin1") !== "\x7fELF\x02\x01") throw new Error("this is no 64-bit ELF file");
  const start = Number(file.readBigUInt64LE(32));
  return Array.from({ length: file.readUInt16LE(56) }, (_, index) => readSegment(file, start + index * SEGMENT_SIZE));
}

function readSegment(file: Buffer, at: number): Segment {
  const number = (offset: number) => Number(file.readBigUInt64LE(at + offset));
  return {
    type: file.readUInt32LE(at),
    flags: file.readUInt32LE(at + 4),
    offset: number(8),
    address: number(16),
    fileSize: number(32),
    memorySize: number(40),
    align: number(48),
  };
}

/** Program headers as the bytes of a file. */
export function encodeSegments(segments: readonly Segment[]): Buffer {
  const bytes = Buffer.alloc(segments.length * SEGMENT_SIZE);
  for (const [index, segment] of segments.entries()) {
    const at = index * SEGMENT_SIZE;
    bytes.writeUInt32LE(segment.type, at);
    bytes.writeUInt32LE(segment.flags, at + 4);
    const words = [
      segment.offset,
      segment.address,
      segment.address,
      segment.fileSize,
      segment.memorySize,
      segment.align,
    ];
    for (const [place, word] of words.entries()) bytes.writeBigUInt64LE(BigInt(word), at + 8 + place * 8);
  }
  return bytes;
}

/** A note as loaders and `dl_iterate_phdr` know it: name and content, each padded to 4 bytes. */
export function encodeNote(name: string, content: Buffer): Buffer {
  const nameBytes = Buffer.from(`${name}\0`);
  const header = Buffer.alloc(12);
  header.writeUInt32LE(nameBytes.length, 0);
  header.writeUInt32LE(content.length, 4);
  return Buffer.concat([header, padded(nameBytes, 4), padded(content, 4)]);
}

/** `bytes` with zeros up to the next multiple of `align`. */
export function padded(bytes: Buffer, align: number): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & (align - 1))]);
}

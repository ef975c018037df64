/** A regular file of an archive. */
export interface TarEntry {
  /** Path inside the archive, relative, at most 255 bytes in all. */
  name: string;
  content: Uint8Array;
}

const BLOCK = 512;
const FILE_MODE = 0o600;

/** An archive of regular files, mode 0600, in POSIX ustar format with pax headers for long names. */
export function encodeTar(entries: readonly TarEntry[], mtime: Date): Buffer {
  const seconds = Math.floor(mtime.getTime() / 1000);
  const blocks = entries.flatMap((entry) => [
    ...(Buffer.byteLength(entry.name) > 100 ? encodeFile(paxHeader(entry.name), seconds, "x") : []),
    ...encodeFile(entry, seconds, "0"),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
}

/** A header that carries the name of the next file; its record tells its own length. */
function paxHeader(name: string): TarEntry {
  const body = ` path=${name}\n`;
  let length = Buffer.byteLength(body);
  while (Buffer.byteLength(`${length}${body}`) !== length) length = Buffer.byteLength(`${length}${body}`);
  return { name: "pax", content: Buffer.from(`${length}${body}`) };
}

function encodeFile({ name, content }: TarEntry, seconds: number, type: "0" | "x"): Buffer[] {
  const padding = Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK);
  return [header(name, content.length, seconds, type), Buffer.from(content), padding];
}

function header(name: string, size: number, seconds: number, type: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, width: number) =>
    block.write(value.toString(8).padStart(width - 1, "0"), at, "latin1");
  Buffer.from(name).copy(block, 0, 0, 100);
  octal(FILE_MODE, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(seconds, 136, 12);
  block.write(" ".repeat(8) + type, 148, "latin1");
  block.write("ustar\u000000", 257, "latin1");
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\u0000 `, 148, "latin1");
  return block;
}

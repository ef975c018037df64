import { padded } from "./elf.ts";

/** Where a program keeps its ICU data. */
export interface IcuData {
  /** Offset in the file. */
  offset: number;
  /** Bytes that are surely ICU's; the last item, whose length is nowhere written, is not counted. */
  size: number;
  items: Item[];
}

interface Item {
  /** E.g. `icudt78l/curr/en.res`. */
  name: string;
  content: Buffer;
}

/** Bytes between the start of the data and its format's name (ICU's `udata.h`: a header length, a magic number, UDataInfo). */
const FORMAT_OFFSET = 12;
const MAGIC = 0x27da;

/** Finds the data package that is linked into `program`: a table of names and offsets. Throws an Error when there is none. */
export function findIcuData(program: Buffer): IcuData {
  const offset = program.indexOf("CmnD", 0, "latin1") - FORMAT_OFFSET;
  if (offset < 0 || program.readUInt16LE(offset + 2) !== MAGIC) throw new Error("the program contains no ICU data");
  const table = offset + program.readUInt16LE(offset);
  const places = Array.from({ length: program.readUInt32LE(table) }, (_, index) => {
    const entry = table + 4 + index * 8;
    return { name: table + program.readUInt32LE(entry), start: table + program.readUInt32LE(entry + 4) };
  });
  const items = places.slice(0, -1).map(({ name, start }, index) => ({
    name: program.toString("latin1", name, program.indexOf(0, name)),
    content: program.subarray(start, places[index + 1]?.start),
  }));
  return { offset, size: (places.at(-1)?.start ?? offset) - offset, items };
}

/**
 * Whether a program that formats nothing for people in other languages than English needs an item. What stays is about
 * what Node's own `small-icu` build has: no character sets, dictionaries, transliterations and other languages.
 */
export function isNeeded(name: string): boolean {
  const path = name.split("/").slice(1);
  const file = path.at(-1) ?? "";
  if (path[0] === "translit" || /\.(cnv|dict|brk)$/.test(file)) return false;
  return !/^[a-z]{2,3}[_.]/.test(file) || /^en[_.]/.test(file);
}

/** A data package with `items` that may stand at the place of the one in `program`. */
export function encodeIcuData(program: Buffer, offset: number, items: readonly Item[]): Buffer {
  const header = program.subarray(offset, offset + program.readUInt16LE(offset));
  const names = padded(Buffer.from(items.map(({ name }) => `${name}\0`).join(""), "latin1"), 16);
  const table = padded(Buffer.alloc(4 + items.length * 8), 16);
  table.writeUInt32LE(items.length, 0);
  let name = table.length;
  let content = table.length + names.length;
  for (const [index, item] of items.entries()) {
    table.writeUInt32LE(name, 4 + index * 8);
    table.writeUInt32LE(content, 8 + index * 8);
    name += item.name.length + 1;
    content += item.content.length + (-item.content.length & 15);
  }
  return Buffer.concat([header, table, names, ...items.map((item) => padded(item.content, 16))]);
}

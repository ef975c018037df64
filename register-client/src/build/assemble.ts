import {
  encodeNote,
  encodeSegments,
  HEADER_SIZE,
  padded,
  readSegments,
  SEGMENT_SIZE,
  type Segment,
  segmentType,
} from "./elf.ts";
import { encodeIcuData, findIcuData, isNeeded } from "./icu-data.ts";

/** The largest page of the machines we build for (arm64 may use 64 KiB): what segments are cut at. */
const PAGE = 0x10000;

/** Node looks for its application only where this ends with 1. */
const fuse = "NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2:";

/**
 * One executable of a Node program and a single-executable `blob` made for it.
 *
 * Nothing that runs is touched. Left out are sections, symbols and debug data, which only debuggers read, and the ICU
 * data of languages other than English, which is the larger part of what exceeds 100 MB: the segment that holds it is
 * cut in two with a gap between them. The blob takes the first of the space so won. Throws an Error when `node` is not
 * built as expected.
 */
export function assembleExecutable(node: Buffer, blob: Buffer): Buffer {
  const segments = readSegments(node);
  const icu = findIcuData(node);
  const needed = icu.items.filter(({ name }) => isNeeded(name));
  const data = padded(encodeIcuData(node, icu.offset, needed), 16);
  const note = encodeNote("NODE_SEA_BLOB", blob);
  const head = padded(Buffer.concat([node.subarray(0, icu.offset), data, note]), PAGE);
  const gap = { start: head.length, end: icu.offset + icu.size - ((icu.offset + icu.size) % PAGE) };
  if (gap.start >= gap.end) throw new Error("the application does not fit in the space of the ICU data");

  const end = Math.max(...segments.map(({ offset, fileSize }) => offset + fileSize));
  const file = Buffer.concat([head, node.subarray(gap.end, end)]);
  lightFuse(file);
  const cut = cutGap(segments, gap);
  return writeHeaders(file, node, placeNote(cut, icu.offset + data.length, note.length));
}

function lightFuse(file: Buffer): void {
  const at = file.indexOf(`${fuse}0`, 0, "latin1");
  if (at < 0) throw new Error("this Node cannot become a single executable");
  file.write("1", at + fuse.length, "latin1");
}

/** The segments without the bytes from `start` to `end`: the one around them becomes two, later ones move forward. */
function cutGap(segments: readonly Segment[], { start, end }: { start: number; end: number }): Segment[] {
  return segments.flatMap((segment) => {
    const { offset, fileSize } = segment;
    if (offset >= end) return [{ ...segment, offset: offset - (end - start) }];
    if (offset + fileSize <= start) return [segment];
    if (segment.type !== segmentType.load || fileSize !== segment.memorySize) {
      throw new Error("the ICU data is not where it is expected");
    }
    return [
      { ...segment, fileSize: start - offset, memorySize: start - offset },
      {
        ...segment,
        offset: start,
        address: segment.address + (end - offset),
        fileSize: offset + fileSize - end,
        memorySize: offset + fileSize - end,
      },
    ];
  });
}

/** Lets the program's only note segment name the application. */
function placeNote(segments: readonly Segment[], offset: number, size: number): Segment[] {
  const around = segments.find(
    (segment) =>
      segment.type === segmentType.load && segment.offset <= offset && offset < segment.offset + segment.fileSize,
  );
  if (!around) throw new Error("the application would not be loaded");
  const address = around.address + (offset - around.offset);
  return segments.map((segment) =>
    segment.type === segmentType.note ? { ...segment, offset, address, fileSize: size, memorySize: size } : segment,
  );
}

/**
 * Writes the program headers and behind them the loader's name. There is space: the loader's name and the notes of the
 * build stood behind the headers.
 */
function writeHeaders(file: Buffer, node: Buffer, segments: readonly Segment[]): Buffer {
  const old = readSegments(node);
  const interpreter = bytesOf(node, old, segmentType.interpreter);
  const headers = { offset: HEADER_SIZE, size: segments.length * SEGMENT_SIZE };
  const end = headers.offset + headers.size + interpreter.length;
  const note = old.find(({ type }) => type === segmentType.note);
  if (!note || end > note.offset + note.fileSize) throw new Error("there is no space for another program header");

  const base = segments.find(({ type }) => type === segmentType.load)?.address ?? 0;
  const moved = segments.map((segment) => {
    if (segment.type === segmentType.headers) return { ...segment, fileSize: headers.size, memorySize: headers.size };
    if (segment.type !== segmentType.interpreter) return segment;
    const offset = headers.offset + headers.size;
    return { ...segment, offset, address: base + offset };
  });
  file.fill(0, headers.offset, note.offset + note.fileSize);
  Buffer.concat([encodeSegments(moved), interpreter]).copy(file, headers.offset);
  writeCounts(file, segments.length);
  return file;
}

function bytesOf(node: Buffer, segments: readonly Segment[], type: number): Buffer {
  const segment = segments.find((candidate) => candidate.type === type);
  if (!segment) throw new Error("the program names no loader");
  return node.subarray(segment.offset, segment.offset + segment.fileSize);
}

/** The ELF header's number of program headers, and that there are no sections. */
function writeCounts(file: Buffer, segments: number): void {
  file.writeBigUInt64LE(0n, 40);
  file.writeUInt16LE(segments, 56);
  file.fill(0, 58, HEADER_SIZE);
}

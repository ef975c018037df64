/** A part of a file; `last` is inclusive, as in HTTP. */
export interface ByteRange {
  first: number;
  last: number;
}

/** More ranges than a download manager asks for are an attempt to make work. */
const mostRanges = 16;

/**
 * The parts that a Range header asks for (RFC 9110, 14.1.2). `whole` when the header is to be ignored: another unit, or parts
 * that together are more than the file. `unsatisfiable` when it is malformed or nothing of it is there.
 */
export function parseRange(header: string, size: number): ByteRange[] | "whole" | "unsatisfiable" {
  const [unit, list] = header.split("=", 2);
  if (unit?.trim().toLowerCase() !== "bytes") return "whole";
  const ranges: ByteRange[] = [];
  const specs = (list ?? "").split(",");
  if (specs.length > mostRanges) return "whole";
  for (const spec of specs) {
    const range = parseSpec(spec.trim(), size);
    if (range === "malformed") return "unsatisfiable";
    if (range !== "outside") ranges.push(range);
  }
  if (ranges.length === 0) return "unsatisfiable";
  const total = ranges.reduce((sum, { first, last }) => sum + last - first + 1, 0);
  return total > size ? "whole" : ranges;
}

function parseSpec(spec: string, size: number): ByteRange | "malformed" | "outside" {
  const [, from = "", to = ""] = /^(\d*)-(\d*)$/.exec(spec) ?? [];
  if (from === "" && to === "") return "malformed";
  if (from === "") {
    const suffix = Math.min(Number(to), size);
    return suffix === 0 ? "outside" : { first: size - suffix, last: size - 1 };
  }
  const first = Number(from);
  if (to !== "" && Number(to) < first) return "malformed";
  if (first >= size) return "outside";
  return { first, last: to === "" ? size - 1 : Math.min(Number(to), size - 1) };
}

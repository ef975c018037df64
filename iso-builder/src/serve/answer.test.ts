import { describe, expect, test } from "vitest";
import { answer } from "./answer.ts";
import { parseRange } from "./ranges.ts";

const size = 1000;
const file = { name: "a.iso", size, modified: new Date("2026-01-31T10:20:30.500Z") };
const date = "Sat, 31 Jan 2026 10:20:30 GMT";
const earlier = "Sat, 31 Jan 2026 10:20:29 GMT";

test.each([
  ["bytes=0-9", [{ first: 0, last: 9 }]],
  ["bytes=990-", [{ first: 990, last: 999 }]],
  ["bytes=-10", [{ first: 990, last: 999 }]],
  ["bytes=-5000", [{ first: 0, last: 999 }]],
  ["bytes=0-5000", [{ first: 0, last: 999 }]],
  [
    "bytes=0-0, 5-6",
    [
      { first: 0, last: 0 },
      { first: 5, last: 6 },
    ],
  ],
  ["bytes=0-0,2000-", [{ first: 0, last: 0 }]],
  ["bytes=999999999999-", "unsatisfiable"],
  ["bytes=1000-", "unsatisfiable"],
  ["bytes=-0", "unsatisfiable"],
  ["bytes=9-0", "unsatisfiable"],
  ["bytes=-", "unsatisfiable"],
  ["bytes=", "unsatisfiable"],
  ["bytes=a-b", "unsatisfiable"],
  ["lines=0-9", "whole"],
  ["bytes=0-,0-", "whole"],
  [`bytes=${Array.from({ length: 17 }, (_, index) => `${index}-${index}`).join(",")}`, "whole"],
])("CLI-79 range %s", (header, expected) => {
  expect(parseRange(header, size)).toEqual(expected);
});

test("a range of an empty file cannot be satisfied", () => {
  expect(parseRange("bytes=0-", 0)).toBe("unsatisfiable");
  expect(answer("GET", {}, { ...file, size: 0 })).toMatchObject({ status: 200, parts: [] });
});

describe("conditions", () => {
  test.each([
    [{}, 200],
    [{ range: "bytes=0-9" }, 206],
    [{ range: "bytes=2000-" }, 416],
    [{ range: "bytes=0-9", "if-range": date }, 206],
    [{ range: "bytes=0-9", "if-range": earlier }, 200],
    [{ range: "bytes=0-9", "if-range": '"tag"' }, 200],
    [{ "if-modified-since": date }, 304],
    [{ "if-modified-since": earlier }, 200],
    [{ "if-modified-since": "nonsense" }, 200],
    [{ "if-unmodified-since": date }, 200],
    [{ "if-unmodified-since": earlier }, 412],
  ])("%o gives %i", (headers, status) => {
    expect(answer("GET", headers, file).status).toBe(status);
  });
});

test("an image is an attachment under its name", () => {
  expect(answer("GET", {}, file).headers).toEqual({
    "accept-ranges": "bytes",
    "content-type": "application/octet-stream",
    "content-disposition": 'attachment; filename="a.iso"',
    "content-length": "1000",
    "last-modified": date,
    "x-content-type-options": "nosniff",
  });
});

test("a checksum is a text", () => {
  const { headers } = answer("GET", {}, { ...file, name: "a.iso.sha256" });
  expect(headers["content-type"]).toBe("text/plain; charset=utf-8");
  expect(headers["content-disposition"]).toBeUndefined();
});

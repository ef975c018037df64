import { describe, expect, test } from "vitest";
import { ProtocolError } from "../errors.ts";
import { parseJson, parseJsonObject, parseStringMap } from "./parse.ts";

const bytes = (text: string) => Buffer.from(text);

describe("JSON of a peer", () => {
  test.each([
    ["null counts as an empty object (REG-55)", "null", {}],
    ["trailing line feed", '{"a":"b"}\n', { a: "b" }],
    ["text that looks nested inside a string", `{"a":"${"[".repeat(100)}\\"${"{".repeat(100)}"}`, undefined],
  ])("accepted: %s", (_name, text, expected) => {
    const value = parseJsonObject(bytes(text));
    if (expected) expect(value).toEqual(expected);
  });

  test.each([
    ["an array where an object is required (REG-55)", "[1]"],
    ["truncated (REG-55)", '{"a":'],
    ["nothing", ""],
    ["deeper than 32 (H15)", `${"[".repeat(33)}${"]".repeat(33)}`],
    ["a million brackets", "[".repeat(1_000_000)],
    ["a byte order mark", "\ufeff{}"],
  ])("refused: %s", (_name, text) => {
    expect(() => parseJsonObject(bytes(text))).toThrow(ProtocolError);
  });

  test("REG-89 H15 __proto__ and constructor are plain data of objects without a prototype", () => {
    const value = parseJsonObject(bytes('{"__proto__":{"x":"1"},"constructor":{"name":"c"}}'));
    expect(Object.getPrototypeOf(value)).toBeNull();
    expect(Object.keys(value)).toEqual(["__proto__", "constructor"]);
    expect(value["x"]).toBeUndefined();
  });

  test("REG-56 a string map takes null for empty and refuses numbers", () => {
    expect(parseStringMap(bytes('{"a":null,"b":"c"}'))).toEqual({ a: "", b: "c" });
    expect(() => parseStringMap(bytes('{"a":1}'))).toThrow(ProtocolError);
  });

  test("integers beyond the exact range of a number keep their digits", () => {
    expect(parseJson(bytes("[-7178405686718862507, 12, 1.5]"))).toEqual([-7178405686718862507n, 12, 1.5]);
  });

  test("bytes that are not UTF-8 become the replacement character", () => {
    expect(parseJson(Buffer.from([0x22, 0xff, 0x22]))).toBe("\ufffd");
  });
});

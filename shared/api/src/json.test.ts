import { describe, expect, test } from "vitest";
import { parseJson, stringifyJson } from "./json.ts";

describe("lossless JSON", () => {
  test.each([
    ['{"seed":9223372036854775807}', { seed: 9223372036854775807n }],
    ['{"seed":-9223372036854775808}', { seed: -9223372036854775808n }],
    ['{"seed":9007199254740991}', { seed: 9007199254740991 }],
    ['{"a":[1,2.5,true,null,"12345678901234567890"]}', { a: [1, 2.5, true, null, "12345678901234567890"] }],
  ])("%s survives a round trip", (text, value) => {
    expect(parseJson(text)).toEqual(value);
    expect(stringifyJson(value)).toBe(text);
  });

  test("integers beyond 64 bits are floats, as in Kubernetes", () => {
    expect(parseJson("18446744073709551616")).toBe(18446744073709552000);
    expect(parseJson("1.00000000000000001")).toBe(1);
  });

  test("indents", () => {
    expect(stringifyJson({ a: 9223372036854775807n }, 2)).toBe('{\n  "a": 9223372036854775807\n}');
  });
});

import { expect, test } from "vitest";
import facts from "../../../test/facts/smbios-parse.json" with { type: "json" };
import { parseSmbios } from "./smbios.ts";

test("REG-72 the recorded dmidecode text gives the recorded map", () => {
  expect(parseSmbios(facts.dmidecodeText)).toEqual(facts.smbiosMap);
});

const handle = (body: string) => `Handle 0x1, DMI type 4, 42 bytes\n${body}\n\n`;

test.each([
  [
    "of two handles of one type the last survives (REG-72)",
    handle("P\n\ta: 1\n\tb: 2") + handle("P\n\ta: 3"),
    { P: { a: "3" } },
  ],
  ["text outside a handle is dropped", `x: y\n${handle("P\n\ta: 1")}z: 1\n`, { P: { a: "1" } }],
  ["CRLF line ends", handle("P\n\ta: 1").replaceAll("\n", "\r\n"), { P: { a: "1" } }],
  [
    "a line without a colon below a section is ignored",
    handle("P\n\ta: 1\n\tnonsense\n\tb: 2"),
    { P: { a: "1", b: "2" } },
  ],
  [
    "OEM-specific blocks are skipped",
    `Handle 1\nOEM-specific Type\n\tHeader: x\n${handle("P\n\ta: 1")}`,
    { P: { a: "1" } },
  ],
])("%s", (_name, text, expected) => {
  expect(parseSmbios(text)).toEqual(expected);
});

test("a key named __proto__ is plain data", () => {
  expect(Object.keys(parseSmbios(handle("__proto__\n\ta: 1")))).toEqual(["__proto__"]);
});

import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClientError } from "../errors.ts";
import { rootCommand } from "./command.ts";
import { parseDuration } from "./duration.ts";
import { parseBool, parseInt64 } from "./flag.ts";
import { parseInvocation } from "./invocation.ts";
import { parseLabelFlag } from "./label-flag.ts";
import { parseArguments } from "./parse.ts";

const parse = (...args: string[]) => parseArguments(args, rootCommand.flags);

describe("arguments", () => {
  test.each([
    [["--auth", "mac"], { auth: "mac" }],
    [["--auth=mac"], { auth: "mac" }],
    [["--auth="], { auth: "" }],
    [["--no-smbios=false", "-d"], { "no-smbios": false, debug: true }],
    [["-dv"], { debug: true, version: true }],
    [["-d=false"], { debug: false }],
    [["--emulated-tpm-seed", "-1"], { "emulated-tpm-seed": -1n }],
    [["--emulated-tpm-seed=0x7fffffffffffffff"], { "emulated-tpm-seed": 9223372036854775807n }],
  ])("%j", (args, expected) => {
    expect(Object.fromEntries(parse(...args).given)).toEqual(expected);
  });

  test("words may stand anywhere, and -- ends the flags", () => {
    expect(parse("a", "--debug", "b", "--", "--install")).toMatchObject({ positionals: ["a", "b", "--install"] });
  });

  test.each([
    ["x=a,b", { x: "a,b" }],
    ["x=1,y=2", { x: "1", y: "2" }],
    ['x=1,"y=2,3"', { x: "1", y: "2,3" }],
    ["x=", { x: "" }],
  ])("CLI-15 --label %s", (text, expected) => {
    expect(Object.fromEntries(parseLabelFlag(text))).toEqual(expected);
  });

  test("CLI-15 --label without = is a usage error, repeated flags accumulate", () => {
    expect(() => parse("--label", "x")).toThrow("x must be formatted as key=value");
    expect(parse("--label", "a=1", "--label", "b=2", "--label", "a=3").given.get("label")).toEqual(
      new Map([
        ["a", "3"],
        ["b", "2"],
      ]),
    );
  });

  test("any arguments are parsed or refused as a usage error", () => {
    const word = fc.oneof(
      fc.constantFrom("--label", "--install", "-d", "--", "-", "--=", "dumpdata", "-f", "a=b,c=", '"', "--auth="),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(word), (args) => {
        try {
          parseInvocation(args);
        } catch (error) {
          expect(error).toBeInstanceOf(ClientError);
          expect((error as ClientError).code).toBe("Usage");
        }
      }),
    );
  });
});

describe("paths of the modes", () => {
  const live = {
    configPath: "/run/initramfs/live/livecd-cloud-config.yaml",
    statePath: "/tmp/registration/state.yaml",
  };
  const installed = { configPath: "/oem/registration/config.yaml", statePath: "/oem/registration/state.yaml" };
  test.each([
    ["no mode", [], installed],
    ["CLI-10 install", ["--install"], live],
    ["CLI-11 install without toolkit", ["--install", "--no-toolkit"], installed],
    [
      "CLI-12 install with an explicit file",
      ["--install", "--config-path", "/c.yaml"],
      { ...live, configPath: "/c.yaml" },
    ],
    ["reset", ["--reset"], installed],
  ])("%s", (_name, args, expected) => {
    expect(parseInvocation(args)).toMatchObject(expected);
  });
});

test.each([
  ["90s", 90_000],
  ["1h30m", 5_400_000],
  ["0s", 0],
  ["1.5s", 1500],
  ["10", undefined],
  ["", undefined],
])("duration %s", (text, expected) => {
  expect(parseDuration(text)).toBe(expected);
});

test("words of Go's booleans and integers", () => {
  expect(["1", "t", "T", "TRUE", "true", "True"].map(parseBool)).toEqual(Array(6).fill(true));
  expect(["0", "f", "F", "FALSE", "false", "False"].map(parseBool)).toEqual(Array(6).fill(false));
  expect(["yes", "", "tRUE"].map(parseBool)).toEqual(Array(3).fill(undefined));
  expect(["-0x8000000000000000", "0o17", "017", "0b11", "+5"].map(parseInt64)).toEqual([
    -(2n ** 63n),
    15n,
    15n,
    3n,
    5n,
  ]);
  expect(["", "1.5", "0x", "9223372036854775808", "abc"].map(parseInt64)).toEqual(Array(5).fill(undefined));
});

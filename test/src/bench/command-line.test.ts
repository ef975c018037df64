import { describe, expect, test } from "vitest";
import { help, parseCommandLine, UsageError } from "./command-line.ts";

test("flags have their defaults, and values as given", () => {
  const { name, flags } = parseCommandLine(["registration", "--machines", "20", "--curve", "--json", "f"]) ?? {};
  expect(name).toBe("registration");
  expect(flags?.count("machines")).toBe(20);
  expect(flags?.count("replicas")).toBe(1);
  expect(flags?.count("concurrency")).toBeUndefined();
  expect(flags?.boolean("curve")).toBe(true);
  expect(flags?.boolean("embedded")).toBe(false);
  expect(flags?.string("json")).toBe("f");
});

describe("a wrong command line is one clear line", () => {
  test.each([
    [["bogus"], 'Unknown benchmark "bogus". Known: registration, overload, adoption, sizing, reconcile. See --help.'],
    [["adoption", "--bogus"], "Unknown option '--bogus'. See --help."],
    [["adoption", "--selectors", "0"], '--selectors must be a whole number from 1 to 1000000, not "0".'],
    [["adoption", "--selectors", "x"], '--selectors must be a whole number from 1 to 1000000, not "x".'],
    [["adoption", "more"], "Unexpected argument 'more'. See --help."],
  ])("%j", (args, message) => {
    expect(() => parseCommandLine(args)).toThrow(new UsageError(message));
  });
});

test.each([[[]], [["--help"]], [["adoption", "--help"]]])("%j asks for help, which lists everything", (args) => {
  expect(parseCommandLine(args)).toBeUndefined();
  for (const word of [
    "registration",
    "--machines N",
    "--url VALUE",
    "overload",
    "--sockets N",
    "adoption",
    "--selectors N",
    "reconcile",
    "--json",
  ]) {
    expect(help()).toContain(word);
  }
});

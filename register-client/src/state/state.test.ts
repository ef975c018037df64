import { statSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLab } from "../testing/index.ts";
import { decodeState, emptyState, encodeState, formatTimestamp, isUpdatable } from "./state.ts";

describe("state file", () => {
  test.each([
    ["an empty map", "{}\n", emptyState],
    ["null values", "initialRegistration: null\nemulatedTPM:\n", emptyState],
    ["a zero timestamp", "initialRegistration: 0001-01-01T00:00:00Z\n", emptyState],
    ["unknown keys", "later: 1\n", emptyState],
    ["a null document", "null\n", emptyState],
    [
      "the original's own",
      "initialRegistration: 2026-01-31T10:20:30.123456789+01:00\nemulatedTPM: true\nemulatedTPMSeed: -8603657889541918977\n",
      {
        initialRegistration: "2026-01-31T10:20:30.123456789+01:00",
        emulatedTpm: true,
        emulatedTpmSeed: -8603657889541918977n,
      },
    ],
  ])("%s", (_name, text, expected) => {
    expect(decodeState(text)).toEqual(expected);
    expect(isUpdatable(decodeState(text))).toBe(expected.initialRegistration !== undefined);
  });

  test.each([
    ["nothing", ""],
    ["a comment", "# nothing\n"],
    ["a list", "- a\n"],
    ["broken YAML", "not: [valid"],
    ["a wrong type", "emulatedTPMSeed: x\n"],
    ["a text for the time", "initialRegistration: yesterday\n"],
  ])("%s cannot be decoded", (_name, text) => {
    expect(() => decodeState(text)).toThrow();
  });

  test("CLI-26 a seed of 9007199254740993 survives load and save", () => {
    const text = "emulatedTPM: true\nemulatedTPMSeed: 9007199254740993\n";
    expect(encodeState(decodeState(text))).toBe(text);
  });

  test("every state survives", () => {
    const state = fc.record({
      initialRegistration: fc.option(
        fc.date({ min: new Date("1970-01-01"), max: new Date("2100-01-01"), noInvalidDate: true }).map(formatTimestamp),
        { nil: undefined },
      ),
      emulatedTpm: fc.boolean(),
      emulatedTpmSeed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    });
    fc.assert(
      fc.property(state, (value) => {
        expect(decodeState(encodeState(value))).toEqual(value);
      }),
    );
  });

  test("any text is decoded or refused", () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        try {
          decodeState(text);
        } catch (error) {
          expect(error).not.toBeInstanceOf(TypeError);
        }
      }),
    );
  });
});

const mode = (root: string, path: string) => statSync(join(root, path)).mode & 0o777;

test("CLI-19 a missing state directory is made 0700 with an empty state, even without a URL", async () => {
  using lab = createLab();
  lab.write({ "config.yaml": "" });
  const { status, stderr } = await lab.run(
    "--config-path",
    "/config.yaml",
    "--state-path",
    "/s/registration/state.yaml",
  );
  expect(status).toBe(255);
  expect(stderr).toContain("registration URL is empty");
  expect(lab.read("s/registration/state.yaml")).toBe("{}\n");
  expect(mode(lab.root, "s/registration")).toBe(0o700);
  expect(mode(lab.root, "s/registration/state.yaml")).toBe(0o600);
});

test("CLI-20 a state that cannot be decoded is fatal and stays as it is", async () => {
  using lab = createLab();
  lab.write({
    "oem/registration/config.yaml": "elemental: {registration: {url: 'http://127.0.0.1:1/elemental/registration/x'}}",
    "oem/registration/state.yaml": "not: [valid",
  });
  const { status, stderr } = await lab.run();
  expect(status).toBe(255);
  expect(stderr).toContain("decoding state");
  expect(lab.read("oem/registration/state.yaml")).toBe("not: [valid");
});

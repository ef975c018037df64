import { describe, expect, test } from "vitest";
import { ProtocolError } from "../errors.ts";
import { decodeConfig, decodeElemental } from "./decode.ts";
import { mergeConfig } from "./merge.ts";

const decode = (yaml: string) => decodeConfig(Buffer.from(yaml));
const cloud = (yaml: string) => decode(`cloud-config:\n    v: ${yaml}\n`)["cloud-config"]["v"];

describe("free-form values", () => {
  test.each([
    ["a string", "{raw: [34, 97, 34], object: null}", "a"],
    ["an empty list", "{raw: [91, 93], object: null}", []],
    ["an object", "{raw: [123, 34, 120, 34, 58, 49, 125], object: null}", { x: 1 }],
    ["object absent", "{raw: [116, 114, 117, 101]}", true],
    ["empty raw is null (H28)", "{raw: [], object: null}", null],
    ["the text null (REG-97)", "{raw: [110, 117, 108, 108], object: null}", null],
    ["binary (H28)", "{raw: !!binary eyJ4IjoxfQ==, object: null}", { x: 1 }],
    ["JSON text", `{raw: '{"x":1}'}`, { x: 1 }],
    ["plain YAML (H28)", "{x: [1, two]}", { x: [1, "two"] }],
    ["a mapping with more than the wrapper's keys", "{raw: [1], extra: 2}", { raw: [1], extra: 2 }],
  ])("%s", (_name, yaml, expected) => {
    expect(cloud(yaml)).toEqual(expected);
  });

  test.each([
    ["a number above 255", "{raw: [256]}"],
    ["bytes that are no JSON", "{raw: [97]}"],
  ])("refused: %s", (_name, yaml) => {
    expect(() => cloud(yaml)).toThrow(ProtocolError);
  });
});

describe("configuration document", () => {
  test("the network keys stand at the top level", () => {
    const { network } = decode(
      "configurator: nmc\nipAddresses:\n    ip-1: 192.0.2.50\nconfig:\n    dns:\n        raw: [123, 125]\n        object: null\n",
    );
    expect(network).toEqual({ configurator: "nmc", ipAddresses: { "ip-1": "192.0.2.50" }, config: { dns: {} } });
    expect(decode("elemental: {}").network.configurator).toBe("none");
  });

  test("REG-4 a seed is exact", () => {
    const { registration } = decodeElemental(
      Buffer.from("elemental:\n    registration:\n        emulated-tpm-seed: -7178405686718862507\n"),
    );
    expect(registration?.["emulated-tpm-seed"]).toBe(-7178405686718862507n);
  });

  test("only the first document is read, unknown keys are ignored, JSON and nothing are fine", () => {
    expect(decode("elemental: {install: {device: /dev/sda, later: 1}}\n---\nelemental: {}\n").elemental).toEqual({
      install: { device: "/dev/sda" },
    });
    expect(decode('{"elemental":{"reset":{"enabled":true}}}').elemental.reset?.enabled).toBe(true);
    expect(decode("").elemental).toEqual({});
  });

  test.each([
    ["duplicate keys", "elemental: {}\nelemental: {}\n"],
    ["a wrong type", "elemental: {install: {debug: [1]}}"],
    ["no mapping", "- a\n"],
    ["broken YAML", "elemental: [\n"],
    ["too deep", `cloud-config: ${"[".repeat(60)}${"]".repeat(60)}`],
  ])("refused: %s", (_name, yaml) => {
    expect(() => decode(yaml)).toThrow(ProtocolError);
  });
});

test("REG-102 absent keys keep their local values, maps merge, lists are replaced", () => {
  const local = {
    registration: { "emulate-tpm": true, labels: { a: "1" } },
    install: { "config-urls": ["x", "y"], debug: true },
  };
  const received = decode(
    "elemental: {registration: {url: https://e, auth: tpm, labels: {b: '2'}}, install: {config-urls: [z], debug: false}}",
  );
  expect(mergeConfig<object>(local, received.elemental)).toEqual({
    registration: { url: "https://e", auth: "tpm", "emulate-tpm": true, labels: { a: "1", b: "2" } },
    install: { "config-urls": ["z"], debug: false },
  });
  expect(local.registration).toEqual({ "emulate-tpm": true, labels: { a: "1" } });
});

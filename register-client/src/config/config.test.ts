import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ClientError } from "../errors.ts";
import { localHost } from "../host/host.ts";
import { createLab } from "../testing/index.ts";
import { labelsOf } from "./labels.ts";
import { mergeLocal } from "./local.ts";
import { parseTree } from "./tree.ts";

const merge = (yaml: string, env: Record<string, string> = {}, flags: [string, string | boolean | bigint][] = []) =>
  mergeLocal({ file: parseTree(yaml), env, flags: new Map(flags) }).registration;

const section = (members: string) => `elemental: {registration: {${members}}}`;

describe("precedence", () => {
  test("CLI-3 a flag outranks the file", () => {
    expect(merge(section("url: A"), {}, [["registration-url", "B"]]).url).toBe("B");
  });
  test("CLI-4 a false flag outranks a true file", () => {
    expect(merge(section("no-smbios: true"), {}, [["no-smbios", false]])["no-smbios"]).toBe(false);
  });
  test("CLI-5 the seed defaults to 1", () => {
    expect(merge(section("emulate-tpm: true"))).toMatchObject({ "emulate-tpm": true, "emulated-tpm-seed": 1n });
  });
  test("CLI-6 the dotted variable outranks the file and not the flag", () => {
    const env = { "ELEMENTAL.REGISTRATION.URL": "C" };
    expect(merge(section("url: A"), env).url).toBe("C");
    expect(merge(section("url: A"), env, [["registration-url", "B"]]).url).toBe("B");
  });
  test("CLI-7 variables that would shadow the file mean nothing", () => {
    const env = { ELEMENTAL: "1", "ELEMENTAL.REGISTRATION": "1", VERSION: "1" };
    expect(merge(section("url: A"), env).url).toBe("A");
  });
  test("variables that a shell can set, empty ones count as unset", () => {
    const env = { ELEMENTAL_REGISTRATION_EMULATED_TPM_SEED: "-1", ELEMENTAL_REGISTRATION_URL: "" };
    expect(merge(section("url: A, emulated-tpm-seed: 5"), env)).toMatchObject({ url: "A", "emulated-tpm-seed": -1n });
  });
  test("no-toolkit: the flag outranks the file", () => {
    expect(merge(section("no-toolkit: true"), {}, [["no-toolkit", false]])["no-toolkit"]).toBe(false);
    expect(merge(section("no-toolkit: true"))["no-toolkit"]).toBe(true);
  });
});

describe("the file", () => {
  test.each([
    ["keys in any case", "ELEMENTAL: {Registration: {URL: A}}"],
    ["a dot separates path elements", "elemental.registration: {url: A}"],
    ["dots all the way", "elemental.registration.url: A"],
    ["json", '{"elemental": {"registration": {"url": "A"}}}'],
  ])("%s", (_name, text) => {
    expect(merge(text).url).toBe("A");
  });

  test("scalars are converted loosely", () => {
    const registration = merge(section(`emulated-tpm-seed: '7', emulate-tpm: "true", no-smbios: 1`));
    expect(registration).toMatchObject({ "emulated-tpm-seed": 7n, "emulate-tpm": true, "no-smbios": true });
  });

  test("only the keys that the original reads are taken from the other sections", () => {
    const file = parseTree(
      "elemental: {install: {device: /dev/sda, config-dir: /x, snapshotter: {type: btrfs, maxSnaps: 4}}, reset: {reboot: true}}",
    );
    const config = mergeLocal({ file, env: {}, flags: new Map() });
    expect(config.install).toMatchObject({ device: "/dev/sda", snapshotter: { type: "btrfs", maxSnaps: 4 } });
    expect(config.install["config-dir"]).toBeUndefined();
    expect(config.reset.reboot).toBe(true);
  });

  test.each([
    ["a list for a text", section("url: [a]")],
    ["a word for a boolean", section("emulate-tpm: maybe")],
    ["a seed out of range", section("emulated-tpm-seed: 9223372036854775808")],
    ["nested labels", section("labels: {a: {b: c}}")],
  ])("%s is a configuration error that names the key", (_name, text) => {
    expect(() => merge(text)).toThrow(/elemental\.registration\./);
  });

  test("any text is read or refused", () => {
    const piece = fc.constantFrom(
      "elemental",
      "registration",
      ":",
      " ",
      "\n",
      "{",
      "}",
      "[",
      "]",
      "&a",
      "*a",
      "'",
      "- ",
      "1",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(piece).map((pieces) => pieces.join("")),
        ),
        (text) => {
          try {
            mergeLocal({ file: parseTree(text), env: {}, flags: new Map() });
          } catch (error) {
            expect(error).toBeInstanceOf(Error);
            expect(error).not.toBeInstanceOf(TypeError);
          }
        },
      ),
    );
  });

  test("a document that expands beyond measure is refused", () => {
    const levels = [..."bcdefghij"].map(
      (key, i) => `${key}: &${key} [${Array(10).fill(`*${"abcdefghi"[i]}`).join(", ")}]`,
    );
    expect(() => parseTree(["a: &a [1]", ...levels].join("\n"))).toThrow("too large");
  });
});

describe("labels", () => {
  test("CLI-17 case and dots of a label in the file are kept", () => {
    expect(merge(section("labels: {example.com/Role: db}")).labels).toEqual({ "example.com/Role": "db" });
  });

  test("scalars become the text they were written as, null an empty one", () => {
    const labels = labelsOf(parseTree("count: 3\nv: 1.50\nyes: true\nnone:\nquoted: '007'\n"), "empty");
    expect(labels).toEqual({ count: "3", v: "1.50", yes: "true", none: "", quoted: "007" });
  });

  test("CLI-14 a labels file that is no flat map is fatal, a missing one is not an error", async () => {
    using lab = createLab();
    lab.write({
      "oem/registration/config.yaml": section("url: 'http://127.0.0.1:1/elemental/registration/x'"),
      "etc/elemental/labels.yaml": "a: {b: c}\n",
    });
    const { status, stderr } = await lab.run("--once");
    expect(status).toBe(255);
    expect(stderr).toContain("/etc/elemental/labels.yaml");
    lab.write({ "etc/elemental/labels.yaml": "a: b\na: c\n" });
    expect((await lab.run("--once")).stderr).toContain("labels.yaml");
    expect((await lab.run("--once", "--local-labels-file", "/none.yaml")).stderr).not.toContain("none.yaml");
  });
});

test("a configuration error is a ClientError of that code", () => {
  try {
    merge(section("auth: {a: b}"));
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(ClientError);
    expect((error as ClientError).code).toBe("Configuration");
  }
});

test("relative paths start at the working directory", () => {
  const machine = localHost({});
  expect(machine.path("conf.yaml")).toBe(join(process.cwd(), "conf.yaml"));
  expect(machine.path("/oem/conf.yaml")).toBe("/oem/conf.yaml");
});

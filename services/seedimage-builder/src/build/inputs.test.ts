import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { options, registration, registrationURL, seedImage } from "../testing/objects.ts";
import { type BuildInputs, buildInputs } from "./inputs.ts";

function inputs(image = seedImage(), of = registration(), caCert?: string): BuildInputs {
  const result = buildInputs(image, of, caCert, options);
  if ("problem" in result) throw new Error(result.problem);
  return result;
}

describe("registration file", () => {
  test("C-084 has the URL only when nothing else is set", () => {
    expect(parse(inputs().files.registration)).toEqual({ elemental: { registration: { url: registrationURL } } });
  });

  test("C-084 C-085 has what the client needs, and nothing else", () => {
    const of = registration({
      registration: {
        auth: "mac",
        "emulate-tpm": true,
        "emulated-tpm-seed": 9007199254740993n,
        "no-smbios": true,
        "no-toolkit": true,
        labels: { a: "b" },
        url: "https://ignored",
        "ca-cert": "ignored",
      },
    });
    const text = inputs(seedImage(), of, "-----BEGIN CERTIFICATE-----\nA\n").files.registration;
    expect(parse(text, { intAsBigInt: true })).toEqual({
      elemental: {
        registration: {
          url: registrationURL,
          "ca-cert": "-----BEGIN CERTIFICATE-----\nA\n",
          "emulate-tpm": true,
          "emulated-tpm-seed": 9007199254740993n,
          "no-smbios": true,
          auth: "mac",
        },
      },
    });
  });

  test("C-084 leaves out what is false, zero or empty", () => {
    const of = registration({ registration: { auth: "", "emulate-tpm": false, "emulated-tpm-seed": 0 } });
    expect(parse(inputs(seedImage(), of, "").files.registration)).toEqual({
      elemental: { registration: { url: registrationURL } },
    });
  });
});

test("the reset file puts the registration file where only root reads it", () => {
  const { files } = inputs();
  expect(parse(files["reset-config"])).toEqual({
    name: "Write registration config",
    stages: {
      initramfs: [
        {
          name: "Save registration config",
          if: '[ -f "/run/cos/recovery_mode" ] || [ -f "/run/elemental/recovery_mode" ]',
          directories: [{ path: "/oem/registration", permissions: 448, owner: 0, group: 0 }],
          files: [
            {
              path: "/oem/registration/config.yaml",
              content: Buffer.from(files.registration).toString("base64"),
              encoding: "b64",
              permissions: 384,
              owner: 0,
              group: 0,
            },
          ],
        },
      ],
    },
  });
});

test.each([
  ["absent", undefined, ""],
  ["null", null, ""],
  ["empty", {}, ""],
  ["cloud-init", { write_files: [{ path: "/a" }] }, "#cloud-config\nwrite_files:\n  - path: /a\n"],
  ["sorted", { b: 1, a: { d: 1, c: 2 } }, "#cloud-config\na:\n  c: 2\n  d: 1\nb: 1\n"],
  ["yip", { stages: { boot: [{ name: "x" }] } }, "stages:\n  boot:\n    - name: x\n"],
  ["yip without stages", { stages: {} }, "#cloud-config\nstages: {}\n"],
])("C-086 cloud-config: %s", (_, cloudConfig, expected) => {
  expect(inputs(seedImage({ "cloud-config": cloudConfig })).files["cloud-config"]).toBe(expected);
});

test("C-083 there is nothing to build before the registration is ready and has a URL, or from a wrong spec", () => {
  const notReady = { ...registration(), status: { registrationURL } };
  const { registrationURL: _, ...withoutURL } = registration().status ?? {};
  expect(buildInputs(seedImage(), notReady, undefined, options)).toEqual({
    problem: "failed processing registration config: machine registration is not ready",
  });
  expect(buildInputs(seedImage(), { ...registration(), status: withoutURL }, undefined, options)).toEqual({
    problem: "failed processing registration config: machine registration's registration URL is not set",
  });
  expect(buildInputs(seedImage({ "cloud-config": ["a"] }), registration(), undefined, options)).toEqual({
    problem: "spec.cloud-config must be an object",
  });
});

describe("hash", () => {
  const hash = inputs().hash;

  test.each([
    ["baseImage", { baseImage: "https://images.example/other.iso" }],
    ["type", { type: "raw" as const }],
    ["targetPlatform", { targetPlatform: "linux/arm64" }],
    ["size", { size: "7Gi" }],
    ["cleanupAfterMinutes", { cleanupAfterMinutes: 0 }],
    ["buildContainer", { buildContainer: { image: "x" } }],
    ["cloud-config", { "cloud-config": { users: [] } }],
  ])("changes with %s", (_, spec) => {
    expect(inputs(seedImage(spec)).hash).not.toBe(hash);
  });

  test("changes with the CA, the registration and the builder", () => {
    expect(inputs(seedImage(), registration(), "CA").hash).not.toBe(hash);
    expect(inputs(seedImage(), registration({ registration: { auth: "mac" } })).hash).not.toBe(hash);
    expect(inputs(seedImage(), registration({ install: { device: "/dev/sda" } })).hash).not.toBe(hash);
    const other = buildInputs(seedImage(), registration(), undefined, { ...options, image: "registry/other:2" });
    expect(other).toHaveProperty("hash");
    expect(other).not.toMatchObject({ hash });
  });

  test("does not change with the order of keys, or with what is no input", () => {
    const [one, two] = [
      { name: "a", image: "b" },
      { image: "b", name: "a" },
    ].map((buildContainer) => inputs(seedImage({ buildContainer })));
    expect(one?.hash).toBe(two?.hash);
    expect(inputs(seedImage({ retriggerBuild: true, targetPlatform: "" })).hash).toBe(hash);
  });
});

import type { MachineRegistration } from "@elemental/api";
import { describe, expect, test } from "vitest";
import transcript from "../../../../test/facts/transcript-plain-v12.json" with { type: "json" };
import { type ConfigInput, encodeConfig, encodeRegistration } from "./assemble.ts";
import { decodeConfig } from "./decode.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;

const url = "https://rancher.example.com/elemental/registration/tok1";
const registrationOf = (spec: Spec): MachineRegistration => ({
  apiVersion: "elemental.cattle.io/v1beta1",
  kind: "MachineRegistration",
  metadata: { name: "r", namespace: "fleet-default" },
  spec,
  status: { registrationURL: url, registrationToken: "tok1" },
});
const systemAgent = {
  strictTLSMode: true,
  url: "https://rancher.example.com/k8s/clusters/local",
  token: "TOKEN",
  "secret-name": "node-h1",
  "secret-namespace": "fleet-default",
};
const yamlOf = (spec: Spec, input: Partial<ConfigInput> = {}) =>
  encodeConfig({
    registration: registrationOf(spec),
    caCert: undefined,
    systemAgent,
    network: undefined,
    ...input,
  });
const noReset = { enabled: false, "reset-persistent": false, "reset-oem": false, reboot: false };

describe("configuration document", () => {
  test("REG-71 the recorded answer, byte for byte", () => {
    const { token: _token, machineName: _name, config } = transcript.registration as Spec;
    expect(yamlOf({ config })).toBe(transcript.messages.at(-1)?.text);
  });

  const full: Spec = {
    config: {
      elemental: {
        install: {
          firmware: "efi",
          device: "/dev/sda",
          "device-selector": [
            { key: "Name", operator: "In", values: ["/dev/sda"] },
            { key: "Size", operator: "Gt" },
          ],
          "no-format": true,
          "config-urls": ["https://example.com/a.yaml"],
          iso: "https://example.com/x.iso",
          "system-uri": "oci:registry.example.com/os:1",
          debug: true,
          tty: "ttyS0",
          poweroff: true,
          reboot: true,
          "eject-cd": true,
          "disable-boot-entry": true,
          "config-dir": "/etc/elemental",
          snapshotter: { type: "btrfs", maxSnaps: 4 },
        },
        reset: { enabled: true, "reset-persistent": true, "config-urls": ["https://example.com/r.yaml"], debug: true },
        registration: {
          "emulate-tpm": true,
          "emulated-tpm-seed": -7178405686718862507n,
          "no-smbios": true,
          auth: "tpm",
        },
      },
      "cloud-config": { hostname: "a" },
    },
  };

  test("REG-94 REG-101 has the original's keys, order and indentation", () => {
    const network = {
      configurator: "nmc" as const,
      ipAddresses: { "ip-1": "192.0.2.50" },
      config: { "dns-resolver": {} },
    };
    const yaml = yamlOf(full, { caCert: "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----", network });
    expect(yaml).toMatchSnapshot();
    const decoded = decodeConfig(Buffer.from(yaml));
    expect(decoded.elemental.install?.["device-selector"]).toEqual([
      { key: "Name", operator: "In", values: ["/dev/sda"] },
      { key: "Size", operator: "Gt", values: [] },
    ]);
    expect(decoded.elemental.registration?.["emulated-tpm-seed"]).toBe(-7178405686718862507n);
    expect(decoded["cloud-config"]).toEqual({ hostname: "a" });
    expect(decoded.network).toEqual(network);
  });

  test.each<[string, Spec["config"], string[]]>([
    ["install absent, reset all false", { elemental: { reset: noReset } }, []],
    [
      "only the default snapshotter",
      { elemental: { install: { snapshotter: { type: "loopdevice", maxSnaps: 2 } }, reset: noReset } },
      ["install"],
    ],
    ["reset with only reboot", { elemental: { reset: { ...noReset, reboot: true } } }, ["reset"]],
  ])("REG-95 %s", (_name, config, keys) => {
    const { elemental } = decodeConfig(Buffer.from(yamlOf({ ...(config && { config }) })));
    expect(Object.keys(elemental)).toEqual([...keys, "registration", "system-agent"]);
    if (elemental.reset) expect(elemental.reset).toEqual({ enabled: false, reboot: true });
  });

  test("REG-98 lax TLS is expressed by omission", () => {
    expect(yamlOf({}, { systemAgent: { ...systemAgent, strictTLSMode: false } })).not.toContain("strictTLSMode");
  });

  test("REG-96 REG-97 free-form values are bytes of JSON", () => {
    const yaml = yamlOf({ config: { "cloud-config": { a: "a", nil: null, list: [], seed: 9007199254740993n } } });
    expect(yaml).toContain(
      "    a:\n        raw:\n            - 34\n            - 97\n            - 34\n        object: null\n",
    );
    expect(yaml).toContain(
      "    nil:\n        raw:\n            - 110\n            - 117\n            - 108\n            - 108\n",
    );
    expect(decodeConfig(Buffer.from(yaml))["cloud-config"]).toEqual({
      a: "a",
      nil: null,
      list: [],
      seed: 9007199254740993n,
    });
  });

  test("a cloud-config that is no object concerns this registration only", () => {
    expect(() => yamlOf({ config: { "cloud-config": ["x"] } })).toThrow(
      "cloud-config of the registration must be an object",
    );
  });

  test("REG-65 a network without configurator adds nothing", () => {
    expect(yamlOf({}, { network: { configurator: "none", ipAddresses: { a: "b" } } })).toBe(yamlOf({}));
  });
});

describe("registration document", () => {
  const document = (spec: Spec, caCert?: string) => encodeRegistration(registrationOf(spec), caCert);

  test("REG-3 what is false, zero or empty is left out", () => {
    expect(document({})).toBe(`elemental:\n    registration:\n        url: ${url}\n`);
    const registration = { auth: "tpm", "emulate-tpm": false, "emulated-tpm-seed": 0, "no-smbios": false };
    expect(document({ config: { elemental: { registration } } })).toBe(
      `elemental:\n    registration:\n        url: ${url}\n        auth: tpm\n`,
    );
  });

  test("REG-1 REG-2 REG-4 only elemental.registration, and of it only what is known to be needed", () => {
    const registration = {
      "emulate-tpm": true,
      "emulated-tpm-seed": -7178405686718862507n,
      "no-toolkit": true,
      labels: { a: "b" },
      auth: "mac",
    };
    const spec: Spec = { config: { elemental: { registration, install: { debug: true } }, "cloud-config": { x: 1 } } };
    expect(document(spec, "PEM\n")).toBe(
      `elemental:\n    registration:\n        url: ${url}\n        ca-cert: |\n            PEM\n        emulate-tpm: true\n        emulated-tpm-seed: -7178405686718862507\n        auth: mac\n`,
    );
  });
});

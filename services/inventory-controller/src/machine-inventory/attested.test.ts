import type { MachineInventory } from "@elemental/api";
import { expect, it } from "vitest";
import { inventory, planSecret, summary } from "../testing/builders.ts";
import { reconcileInventory } from "./reconcile.ts";

type Spec = NonNullable<MachineInventory["spec"]>;

function conditionsOf(spec: Spec) {
  const observed = {
    inventory: inventory({ spec }),
    planSecret: planSecret({}),
    owner: undefined,
    addresses: undefined,
  };
  const { status, operations } = reconcileInventory(observed, new Date("2026-01-02T03:04:05Z"));
  expect(operations).toEqual([]);
  return summary(status?.conditions) as Record<string, string>;
}

const tpmHash = "a".repeat(64);

it.each<[string, Spec, string | undefined]>([
  [
    "a verified certificate: whose it is, and its number",
    {
      tpmHash,
      attestation: { certificate: { verified: true, serial: "0A1B", issuer: "CN=Leaf CA", authority: "CN=Root" } },
    },
    'True CertificateVerified: EK certificate 0A1B of "CN=Leaf CA" leads to the authority "CN=Root"',
  ],
  [
    "a certificate that does not count: why",
    {
      tpmHash,
      attestation: {
        certificate: { verified: false, reason: "EkCertificateUntrusted", message: "no trusted authority" },
      },
    },
    "False EkCertificateUntrusted: no trusted authority",
  ],
  [
    "no TPM",
    { machineHash: tpmHash },
    "False NoTPM: the machine is known by a hardware address or UUID, which proves nothing",
  ],
  ["recorded before certificates were looked at", { tpmHash }, undefined],
])("%s", (_title, spec, expected) => {
  expect(conditionsOf(spec)["Attested"]).toBe(expected);
});

it.each<[string, NonNullable<Spec["attestation"]>, string | undefined]>([
  [
    "allowed values",
    { measuredBoot: { pcrs: { 0: "aa", 7: "bb" }, checked: [7] } },
    "True ValuesAllowed: the TPM quoted allowed values of PCR 7",
  ],
  [
    "observed values",
    { measuredBoot: { pcrs: { 0: "aa", 7: "bb" } } },
    "Unknown ValuesObserved: the TPM quoted values of PCR 0, 7; the registration allows any",
  ],
  [
    "other values than the allowed ones",
    { measuredBoot: { pcrs: { 7: "bb" }, checked: [7], reason: "PcrNotAllowed", message: "PCR 7 ..." } },
    "False PcrNotAllowed: PCR 7 ...",
  ],
  ["no quote", { measuredBoot: { reason: "QuoteUnsupported", message: "no" } }, "False QuoteUnsupported: no"],
  ["a registration that does not measure", {}, undefined],
])("measured boot: %s", (_title, attestation, expected) => {
  expect(conditionsOf({ tpmHash, attestation })["MeasuredBoot"]).toBe(expected);
});

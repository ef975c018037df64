import { createHash } from "node:crypto";
import type { AllowedMachines } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { type Applicant, isAllowed } from "./allowed.ts";

const hash = "a".repeat(64);
const tpm: Applicant = { method: "tpm", hash };
const certified: Applicant = { ...tpm, certificateSerial: "00A1B2" };
const named = (address: string): Applicant => ({
  method: "plain",
  hash: createHash("sha256").update(address).digest("hex"),
});

describe("allowedMachines", () => {
  test.each<[string, AllowedMachines | undefined, Applicant, string[] | undefined, boolean]>([
    ["no list admits everybody", undefined, tpm, undefined, true],
    ["an empty list admits nobody", {}, tpm, [], false],
    ["a listed TPM", { tpmHashes: [hash] }, tpm, undefined, true],
    ["another TPM", { tpmHashes: ["b".repeat(64)] }, tpm, undefined, false],
    ["a name whose hash is that of a listed TPM", { tpmHashes: [hash] }, { method: "plain", hash }, undefined, false],
    ["a listed serial, however it is written", { certificateSerials: ["a1:b2"] }, certified, undefined, true],
    ["another serial", { certificateSerials: ["A1B3"] }, certified, undefined, false],
    ["a TPM without a verified certificate", { certificateSerials: ["a1b2"] }, tpm, undefined, false],
    ["a listed address as name", { macAddresses: ["AA-BB-CC-DD-EE-FF"] }, named("aa:bb:cc:dd:ee:ff"), undefined, true],
    ["another address as name", { macAddresses: ["aa:bb:cc:dd:ee:ff"] }, named("aa:bb:cc:dd:ee:00"), [], false],
    ["addresses that are not known yet", { macAddresses: ["aa:bb:cc:dd:ee:ff"] }, tpm, undefined, true],
    ["a reported address", { macAddresses: ["aa:bb:cc:dd:ee:ff"] }, tpm, ["x", "AA:BB:CC:DD:EE:FF"], true],
    ["other addresses", { macAddresses: ["aa:bb:cc:dd:ee:ff"] }, tpm, ["aa:bb:cc:dd:ee:00"], false],
    ["no addresses", { macAddresses: ["aa:bb:cc:dd:ee:ff"] }, tpm, [], false],
    ["one list of several", { tpmHashes: [hash], macAddresses: ["aa:bb:cc:dd:ee:ff"] }, tpm, [], true],
    ["a serial of zeros", { certificateSerials: ["00"] }, { ...tpm, certificateSerial: "0" }, [], true],
  ])("%s", (_name, ...[allowed, machine, macAddresses, expected]) => {
    expect(isAllowed(allowed, machine, macAddresses)).toBe(expected);
  });
});

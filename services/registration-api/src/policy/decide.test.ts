import { describe, expect, test } from "vitest";
import { tokenHash } from "../token.ts";
import { decidePolicy, type PolicyFacts } from "./decide.ts";

const hash = "a".repeat(64);
const now = new Date("2026-06-01T00:00:00Z");
const [earlier, later] = ["2026-05-31T23:59:59Z", "2026-06-01T00:00:01Z"];
const machine = { method: "tpm", hash } as const;
const plain = { method: "plain", hash } as const;
const old = tokenHash("old");

type Changes = Partial<Omit<PolicyFacts, "registration">> & {
  spec?: PolicyFacts["registration"]["spec"];
  status?: PolicyFacts["registration"]["status"];
};

function decide({ spec = {}, status = {}, ...changes }: Changes) {
  return decidePolicy({
    registration: { spec, status: { registrationToken: "new", ...status } },
    tokenHash: tokenHash("new"),
    machine,
    macAddresses: undefined,
    known: false,
    denied: false,
    registered: 0,
    now,
    ...changes,
  })?.code;
}

const expires = (expiresAt: string) => ({ tokenPolicy: { expiresAt } });
const limit = (maxRegistrations: number) => ({ tokenPolicy: { maxRegistrations } });
const replaced = (validUntil: string) => ({ retiredTokens: [{ hash: old, validUntil }] });

describe("the policy of a registration", () => {
  test.each<[string, Changes, string | undefined]>([
    ["no policy admits", {}, undefined],
    ["denied", { denied: true }, "MachineDenied"],
    ["denied comes first", { denied: true, spec: { allowedMachines: {} } }, "MachineDenied"],
    ["denied although known", { denied: true, known: true }, "MachineDenied"],
    ["not listed", { spec: { allowedMachines: {} } }, "MachineNotAllowed"],
    ["not listed although known", { spec: { allowedMachines: {} }, known: true }, "MachineNotAllowed"],
    ["listed", { spec: { allowedMachines: { tpmHashes: [hash] } } }, undefined],
    ["before the end of the token", { spec: expires(later) }, undefined],
    ["at the end of the token", { spec: expires("2026-06-01T00:00:00Z") }, "TokenExpired"],
    ["after the end of the token", { spec: expires(earlier) }, "TokenExpired"],
    ["an end with another time zone", { spec: expires("2026-06-01T01:00:00+02:00") }, "TokenExpired"],
    ["a known TPM returns after the end", { spec: expires(earlier), known: true }, undefined],
    ["a known name proves nothing", { spec: expires(earlier), known: true, machine: plain }, "TokenExpired"],
    ["a replaced token in its overlap", { tokenHash: old, status: replaced(later) }, undefined],
    ["a replaced token after it", { tokenHash: old, status: replaced(earlier) }, "TokenExpired"],
    ["a known TPM with a replaced token", { tokenHash: old, status: replaced(earlier), known: true }, undefined],
    ["the new token", { status: replaced(earlier) }, undefined],
    [
      "the expiry ends the overlap, too",
      { tokenHash: old, spec: expires(earlier), status: replaced(later) },
      "TokenExpired",
    ],
    [
      "a token that came back",
      { status: { retiredTokens: [{ hash: tokenHash("new"), validUntil: earlier }] } },
      undefined,
    ],
    ["room for one more", { spec: limit(2), registered: 1 }, undefined],
    ["no room", { spec: limit(2), registered: 2 }, "RegistrationsExhausted"],
    ["no room at all", { spec: limit(0) }, "RegistrationsExhausted"],
    ["a known machine needs no room", { spec: limit(2), registered: 2, known: true }, undefined],
  ])("%s", (_name, changes, code) => {
    expect(decide(changes)).toBe(code);
  });
});

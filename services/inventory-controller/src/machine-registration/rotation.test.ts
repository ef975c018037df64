import { createHash } from "node:crypto";
import type { MachineRegistration } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { registration } from "../testing/builders.ts";
import { desiredToken, tokenStatus } from "./token.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;
type Status = NonNullable<MachineRegistration["status"]>;

const now = new Date("2026-01-01T00:00:00Z");
const [old, fresh] = ["c".repeat(54), "d".repeat(54)];
const hash = (token: string) => createHash("sha256").update(token).digest("hex");
const rotation = (revision: string, overlap?: string): Spec => ({
  tokenPolicy: { rotation: { revision, ...(overlap !== undefined && { overlap }) } },
});
const entry = (token: string, validUntil: string) => ({ hash: hash(token), validUntil });

function decide(spec: Spec, status: Status) {
  const object = registration({ spec, status });
  return tokenStatus(object, desiredToken(object, fresh), now);
}

describe("rotation of the token", () => {
  it.each<[string, Spec, Status, object]>([
    ["without a rotation nothing is remembered", {}, { registrationToken: old }, { registrationToken: old }],
    ["a new registration notes the revision", rotation("1"), {}, { registrationToken: fresh, tokenRevision: "1" }],
    [
      "the same revision changes nothing",
      rotation("1"),
      { registrationToken: old, tokenRevision: "1" },
      { registrationToken: old, tokenRevision: "1" },
    ],
    [
      "a first revision replaces the token of before",
      rotation("1", "1d"),
      { registrationToken: old },
      { registrationToken: fresh, tokenRevision: "1", retiredTokens: [entry(old, "2026-01-02T00:00:00Z")] },
    ],
    [
      "another revision replaces it, the overlap counts from now",
      rotation("2", "1h30m"),
      { registrationToken: old, tokenRevision: "1", retiredTokens: [entry("older", "2025-01-01T00:00:00Z")] },
      {
        registrationToken: fresh,
        tokenRevision: "2",
        retiredTokens: [entry(old, "2026-01-01T01:30:00Z"), entry("older", "2025-01-01T00:00:00Z")],
      },
    ],
    [
      "without overlap the old one is over at once",
      rotation("2"),
      { registrationToken: old, tokenRevision: "1" },
      { registrationToken: fresh, tokenRevision: "2", retiredTokens: [entry(old, "2026-01-01T00:00:00Z")] },
    ],
    [
      "a changed static token has an overlap, too",
      { token: "static-two", ...rotation("1", "30s") },
      { registrationToken: "static-one", tokenRevision: "1" },
      {
        registrationToken: "static-two",
        tokenRevision: "1",
        retiredTokens: [entry("static-one", "2026-01-01T00:00:30Z")],
      },
    ],
    [
      "a static token stays whatever the revision",
      { token: "static-one", ...rotation("2") },
      { registrationToken: "static-one", tokenRevision: "1" },
      { registrationToken: "static-one", tokenRevision: "2" },
    ],
    [
      "a token that comes back is replaced no longer",
      { token: "static-one", ...rotation("1", "1d") },
      {
        registrationToken: "static-two",
        tokenRevision: "1",
        retiredTokens: [entry("static-one", "2025-01-01T00:00:00Z")],
      },
      {
        registrationToken: "static-one",
        tokenRevision: "1",
        retiredTokens: [entry("static-two", "2026-01-02T00:00:00Z")],
      },
    ],
    [
      "who removes the rotation shuts out what was replaced",
      {},
      { registrationToken: fresh, tokenRevision: "2", retiredTokens: [entry(old, "2027-01-01T00:00:00Z")] },
      { registrationToken: fresh },
    ],
    [
      "an endless overlap has an end that can be written",
      rotation("2", "99999999999d"),
      { registrationToken: old, tokenRevision: "1" },
      { registrationToken: fresh, tokenRevision: "2", retiredTokens: [entry(old, "2125-12-08T00:00:00Z")] },
    ],
  ])("%s", (_title, spec, status, expected) => {
    expect(decide(spec, status)).toEqual(expected);
  });

  it("the last 16 are remembered", () => {
    const retiredTokens = Array.from({ length: 16 }, (_, index) => entry(`t${index}`, "2025-01-01T00:00:00Z"));
    const decided = decide(rotation("2"), { registrationToken: old, tokenRevision: "1", retiredTokens });
    expect(decided.retiredTokens?.map((token) => token.hash)).toEqual([
      hash(old),
      ...retiredTokens.slice(0, 15).map((token) => token.hash),
    ]);
  });
});

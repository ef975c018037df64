import { describe, expect, test } from "vitest";
import { credentialHashes, issueCredential, useCredential } from "./credential.ts";
import type { MachineCredential } from "./kinds/machine-inventory.ts";

const now = new Date("2026-01-02T03:04:05.678Z");

function issue(...hashes: string[]): MachineCredential | undefined {
  return hashes.reduce<MachineCredential | undefined>(
    (current, hash) => issueCredential(current, hash, now),
    undefined,
  );
}

describe("tokens of a machine", () => {
  test("the first one stands alone", () => {
    expect(issue("a")).toEqual({ hash: "a", issuedAt: "2026-01-02T03:04:05Z" });
  });

  test("GW-4 both work until the second is used, then only the second", () => {
    const twice = issue("a", "b");
    expect(twice).toEqual({ hash: "b", previousHash: "a", issuedAt: "2026-01-02T03:04:05Z" });
    expect(twice && useCredential(twice, "a")).toBeUndefined();
    expect(twice && useCredential(twice, "b")).toEqual({ hash: "b", issuedAt: "2026-01-02T03:04:05Z" });
  });

  test("the one in use survives any number of fetches that are thrown away, and so do the latest", () => {
    expect(credentialHashes(issue("used", "1", "2", "3", "4", "5", "6", "7", "8"))).toEqual([
      "used",
      "4",
      "5",
      "6",
      "7",
      "8",
    ]);
  });

  test("a token from the middle voids the older ones only", () => {
    const credential = issue("old", "installed", "thrown away");
    expect(credentialHashes(credential && useCredential(credential, "installed"))).toEqual([
      "installed",
      "thrown away",
    ]);
    expect(credential && useCredential(credential, "foreign")).toBeUndefined();
  });
});

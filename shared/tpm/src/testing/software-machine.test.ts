import { generateKeyPairSync } from "node:crypto";
import { expect, test } from "vitest";
import { examineAttestation } from "../attestation/attestation.ts";
import { checkResponse, issueChallenge } from "../attestation/challenge.ts";
import { softwareAk, softwareMachine } from "./index.ts";

test("machines that share an attestation key are different ones, and each answers its own challenge only", () => {
  const ak = softwareAk();
  const policy = { anchorsPem: undefined, now: new Date() };
  const make = () => softwareMachine(generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey, ak);
  const [one, other] = [make(), make()];
  const { ek, ak: key } = examineAttestation(one.document, policy);
  expect(examineAttestation(other.document, policy).ek.hash).not.toBe(ek.hash);
  const { message, secret } = issueChallenge(ek, key.name);
  expect(() => checkResponse(one.answer(message), { secret })).not.toThrow();
  expect(() => other.answer(message)).toThrow(expect.objectContaining({ code: "CredentialRefused" }));
});

import { createPublicKey, randomBytes } from "node:crypto";
import { RawClient } from "@elemental/registration-api/testing";
import { quotingMachine, softwareAk, softwareDocument, softwareMachine, softwareQuote } from "@elemental/tpm/testing";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { type Knock, knock, refusedAs } from "./knock.ts";
import { ak, asVictim, attemptOf, foreignAk, forTpms, guess, thief, victim } from "./machines.ts";
import { type AttackedSystem, startSystem } from "./system.ts";

let system: AttackedSystem;
beforeAll(async () => {
  system = await startSystem(inject("kubeconfig"));
});
afterAll(() => system?.stop());

describe("forged and relayed attestation", () => {
  const forged = (changes: Parameters<typeof softwareAk>[0]) => ({
    authorization: `Bearer TPM${softwareDocument(createPublicKey(thief), softwareAk(changes))}`,
  });
  const broken = (bytes: Buffer) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([~(bytes.at(-1) ?? 0) & 0xff])]);

  test.each<[string, string, () => Knock]>([
    ["a signature that is not the key's", "SignatureWrong", () => forged({ editSignature: broken })],
    ["a key that could leave its TPM", "AkExportable", () => forged({ public: { attributes: 0x00050470 } })],
    ["a key that signs anything", "AkNotRestricted", () => forged({ public: { attributes: 0x00040472 } })],
    [
      "an attestation of another key",
      "AttestationObjectName",
      () => forged({ attest: { objectName: Buffer.alloc(34) } }),
    ],
    [
      "the victim's document, without the victim's TPM",
      "SecretMismatch",
      () => ({ authorization: asVictim.authorization, answer: guess }),
    ],
    [
      "the victim's endorsement key with the thief's attestation key",
      "SecretMismatch",
      () => ({ authorization: `Bearer TPM${softwareDocument(createPublicKey(victim), foreignAk)}`, answer: guess }),
    ],
    ["no attestation key", "AkMissing", () => ({ authorization: `Bearer TPM${documentOf({ AK: null })}` })],
    ["keys of the prototype", "EkNotPem", () => ({ authorization: `Bearer TPM${documentOf({ constructor: {} })}` })],
  ])("%s: refused as %s", async (_title, code, attempt) => {
    const target = await system.open(forTpms());
    const said = await system.unharmed(target, () => knock(system, target, attempt()));
    expect(said).toMatch(refusedAs(code));
  });

  test("a TPM with another machine's attestation key cannot open the challenge", async () => {
    const target = await system.open(forTpms());
    const document = softwareDocument(createPublicKey(victim), foreignAk);
    const client = await RawClient.upgrade(system.port, target.path, `Bearer TPM${document}`);
    await client.answer();
    const challenge = await client.message();
    expect(() => softwareMachine(victim, ak).answer(challenge)).toThrow(/not made for this/);
    client.destroy();
  });
});

describe("replays", () => {
  test("the right answer of an earlier connection: refused as SecretMismatch", async () => {
    const target = await system.open(forTpms({ tpm: { measuredBoot: { mode: "Observe" } } }));
    const client = await RawClient.upgrade(system.port, target.path, asVictim.authorization);
    await client.answer();
    const overheard = await asVictim.answer(await client.message());
    const replay = { authorization: asVictim.authorization, answer: () => overheard };
    const said = await system.unharmed(target, () => knock(system, target, replay));
    expect(said).toMatch(refusedAs("SecretMismatch"));
    client.destroy();
  });

  test("a second attempt on the same connection after a wrong answer: refused as SecretMismatch", async () => {
    const target = await system.open(forTpms());
    await system.unharmed(target, async () => {
      const client = await RawClient.upgrade(system.port, target.path, asVictim.authorization);
      await client.answer();
      const challenge = await client.message();
      client.send(guess());
      client.send(await asVictim.answer(challenge));
      expect(await client.closed()).toMatch(refusedAs("SecretMismatch"));
      await client.ended();
    });
  });

  test("the quote of an earlier connection: refused as QuoteStale", async () => {
    const target = await system.open(forTpms({ tpm: { measuredBoot: { mode: "Observe", pcrs: [7] } } }));
    const old = { nonce: randomBytes(32), pcrs: [7] };
    const machine = quotingMachine(victim, () => softwareQuote(old, new Map([[7, Buffer.alloc(32)]])));
    const said = await system.unharmed(target, () => knock(system, target, attemptOf(machine)));
    expect(said).toMatch(refusedAs("QuoteStale"));
  });
});

function documentOf(changes: object): string {
  const EK = Buffer.from("x").toString("base64");
  const document = JSON.parse(Buffer.from(softwareDocument(createPublicKey(thief), ak), "base64").toString());
  return Buffer.from(
    JSON.stringify({ ...document, ...("AK" in changes ? {} : { EK, AK: undefined }), ...changes }),
  ).toString("base64");
}

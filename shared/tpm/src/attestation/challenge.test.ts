import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { describe, expect, it } from "vitest";
import { openCredential, sealCredential } from "../crypto/credential.ts";
import { agreeSeed, encryptSeed, recoverSeed } from "../crypto/seed.ts";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { knownAnswers } from "../testing/facts.ts";
import {
  checkResponse,
  decodeChallenge,
  encodeChallenge,
  encodeResponse,
  issueChallenge,
  makeCredential,
  referenceChallengeLimit,
} from "./challenge.ts";
import { parseEndorsementKey } from "./endorsement-key.ts";

const hex = (text = "") => Buffer.from(text, "hex");
const { rsaEk, eccEk } = knownAnswers;
const akName = hex(knownAnswers.akName);
const secret = hex(knownAnswers.activationSecret);

function p256(d = "", x = "", y = ""): KeyObject {
  const [base64d, base64x, base64y] = [d, x, y].map((value) => hex(value).toString("base64url"));
  return createPrivateKey({ key: { kty: "EC", crv: "P-256", d: base64d, x: base64x, y: base64y }, format: "jwk" });
}

const eccKey = p256(eccEk.ekPrivateScalar, eccEk.ekX, eccEk.ekY);
const ephemeral = p256(eccEk.ephemeralPrivateScalar, eccEk.ephemeralX, eccEk.ephemeralY);
const rsaKey = emulatedKey(1n, "ek");
const ekOf = (key: KeyObject) =>
  parseEndorsementKey(Buffer.from(createPublicKey(key).export({ type: "spki", format: "pem" })));

describe("challenge", () => {
  it("REG-26 the RSA known answer", () => {
    expect(sealCredential(hex(rsaEk.seed), akName, secret).toString("hex")).toBe(rsaEk.credentialHex);
    expect(openCredential(hex(rsaEk.seed), akName, hex(rsaEk.credentialHex))).toEqual(secret);
    const { encrypted } = encryptSeed(createPublicKey(rsaKey), hex(rsaEk.seed));
    expect(recoverSeed(rsaKey, encrypted).toString("hex")).toBe(rsaEk.seed);
  });

  it("REG-26 the P-256 known answer, messages included", () => {
    const { seed, encrypted } = agreeSeed(createPublicKey(eccKey), ephemeral);
    expect(seed.toString("hex")).toBe(eccEk.seed);
    const challenge = { credential: sealCredential(seed, akName, secret), encryptedSecret: encrypted };
    expect(encodeChallenge(challenge).toString()).toBe(eccEk.challengeMessage);
    expect(recoverSeed(eccKey, encrypted).toString("hex")).toBe(eccEk.seed);
    expect(encodeResponse(secret).toString()).toBe(eccEk.responseMessage);
  });

  it.each([
    { what: "REG-27 RSA-2048", key: rsaKey, message: 476, encryptedSecret: 258 },
    { what: "REG-28 P-256", key: eccKey, message: 228, encryptedSecret: 70 },
  ])("$what: sizes, and software activation yields the secret", ({ key, message, encryptedSecret }) => {
    const issued = issueChallenge(ekOf(key), akName);
    const challenge = decodeChallenge(issued.message);
    expect(issued.message.length).toBe(message);
    expect(issued.message.length).toBeLessThanOrEqual(referenceChallengeLimit);
    expect(challenge.credential.length).toBe(70);
    expect(challenge.encryptedSecret.length).toBe(encryptedSecret);
    const opened = openCredential(recoverSeed(key, challenge.encryptedSecret), akName, challenge.credential);
    expect(opened).toEqual(issued.secret);
    expect(opened.length).toBe(32);
  });

  it("REG-44 a credential with a wrong integrity value is not opened", () => {
    const { credential, encryptedSecret } = makeCredential(ekOf(rsaKey), akName, secret);
    const seed = recoverSeed(rsaKey, encryptedSecret);
    credential.writeUInt8(credential.readUInt8(10) ^ 1, 10);
    expect(() => openCredential(seed, akName, credential)).toThrow(expect.objectContaining({ code: "Malformed" }));
  });

  it.each(["", "[]", '{"EC":1', '{"EC":{"Credential":1}}'])("a malformed challenge %j is an error", (message) => {
    expect(() => decodeChallenge(Buffer.from(message))).toThrow(
      expect.objectContaining({ name: "TpmError", code: "ChallengeMalformed" }),
    );
  });
});

describe("challenge response (H9)", () => {
  const base64 = secret.toString("base64");

  it.each([`{"Secret":"${base64}"}\n`, `{"Secret":"${base64}"}`, ` {"other":[],"secret":"${base64}"} `])(
    "REG-29 %j is right",
    (message) => {
      expect(() => checkResponse(Buffer.from(message), { secret })).not.toThrow();
    },
  );

  it("REG-30 REG-31 a wrong, short or malformed answer is refused", () => {
    const flipped = Buffer.from(secret);
    flipped.writeUInt8(flipped.readUInt8(31) ^ 1, 31);
    const refusal = (message: string | Buffer) => {
      try {
        checkResponse(Buffer.from(message), { secret });
      } catch (error) {
        return (error as { code: string }).code;
      }
      return "accepted";
    };
    expect(refusal(encodeResponse(flipped))).toBe("SecretMismatch");
    expect(refusal(encodeResponse(secret.subarray(1)))).toBe("SecretMismatch");
    expect(refusal("{}")).toBe("SecretMismatch");
    expect(refusal("")).toBe("ResponseMalformed");
    expect(refusal("null")).toBe("ResponseMalformed");
  });
});

import { describe, expect, test } from "vitest";
import facts from "../../../../test/facts/tpm-attestation-sample.json" with { type: "json" };
import { ProtocolError } from "../errors.ts";
import { parseAuthorization, plainAuthorization, tpmAuthorization } from "./authorization.ts";
import { decodeChallenge, decodeChallengeResponse, encodeChallenge, encodeChallengeResponse } from "./challenge.ts";

const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const header = `Bearer TPM${base64(facts.document)}`;

describe("Authorization header", () => {
  test("a real TPM document survives decoding and encoding byte for byte", () => {
    const parsed = parseAuthorization(header);
    expect(parsed.method).toBe("tpm");
    if (parsed.method === "tpm") expect(tpmAuthorization(parsed.attestation)).toBe(header);
    expect(header).toHaveLength(2406);
  });

  test("REG-25 keys of another letter case and unknown members are accepted", () => {
    const { Public, CreateData, CreateAttestation, CreateSignature } = facts.document.AK;
    const ak = {
      public: Public,
      CREATEDATA: CreateData,
      createattestation: CreateAttestation,
      createSignature: CreateSignature,
    };
    const parsed = parseAuthorization(
      `Bearer TPM${base64({ ak: { ...ak, more: [1] }, ek: facts.document.EK, x: null })}`,
    );
    if (parsed.method === "tpm") expect(tpmAuthorization(parsed.attestation)).toBe(header);
    expect(parsed.method).toBe("tpm");
  });

  test("REG-46 a plain identifier is taken verbatim", () => {
    const parsed = parseAuthorization("Bearer PLAINaa:bb:cc:dd:ee:ff");
    expect(parsed).toEqual({ method: "plain", identifier: "aa:bb:cc:dd:ee:ff" });
    expect(plainAuthorization("AA:bb")).toBe("Bearer PLAINAA:bb");
  });

  test.each([
    ["absent (REG-15)", undefined],
    ["lower-case scheme (REG-16)", "bearer PLAINx"],
    ["another scheme (REG-16)", "Bearer FOO"],
    ["PLAIN without identifier (REG-17)", "Bearer PLAIN"],
    ["TPM without document (REG-17)", "Bearer TPM"],
    ["base64 garbage (REG-24)", "Bearer TPM!!!!"],
    ["empty document (REG-24)", `Bearer TPM${base64({})}`],
    ["document without AK (REG-24)", `Bearer TPM${base64({ EK: "" })}`],
    ["null AK (REG-24)", `Bearer TPM${base64({ EK: "", AK: null })}`],
    ["trailing data", `Bearer TPM${Buffer.from(`${JSON.stringify(facts.document)}x`).toString("base64")}`],
    ["identifier unknown (H13)", "Bearer PLAINUnknown"],
    ["blank identifier (H13)", "Bearer PLAIN  "],
    ["identifier with a control character (H13)", "Bearer PLAINa\u0007b"],
    ["identifier over 256 bytes (H13)", `Bearer PLAIN${"x".repeat(257)}`],
  ])("refused: %s", (_name, value) => {
    expect(() => parseAuthorization(value)).toThrow(ProtocolError);
  });
});

describe("challenge", () => {
  const challenge = { credential: Buffer.alloc(70, 1), secret: Buffer.alloc(258, 2) };

  test("REG-27 for an RSA endorsement key takes 476 bytes", () => {
    expect(encodeChallenge(challenge)).toHaveLength(476);
    expect(decodeChallenge(encodeChallenge(challenge))).toEqual(challenge);
  });

  test("REG-29 the response is read with and without a line feed", () => {
    const response = encodeChallengeResponse(Buffer.alloc(32, 3));
    expect(response.at(-1)).toBe(0x0a);
    expect(decodeChallengeResponse(response)).toEqual(Buffer.alloc(32, 3));
    expect(decodeChallengeResponse(response.subarray(0, -1))).toEqual(Buffer.alloc(32, 3));
  });
});

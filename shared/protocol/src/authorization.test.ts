import { describe, expect, test } from "vitest";
import { parseAuthorization, plainAuthorization, tpmAuthorization } from "./authorization.ts";
import { ProtocolError } from "./errors.ts";

describe("Authorization header", () => {
  test("what follows TPM is the document", () => {
    expect(parseAuthorization(tpmAuthorization("eyJ9"))).toEqual({ method: "tpm", document: "eyJ9" });
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
    ["identifier unknown (H13)", "Bearer PLAINUnknown"],
    ["blank identifier (H13)", "Bearer PLAIN  "],
    ["identifier with a control character (H13)", "Bearer PLAINa\u0007b"],
    ["identifier over 256 bytes (H13)", `Bearer PLAIN${"x".repeat(257)}`],
  ])("refused: %s", (_name, value) => {
    expect(() => parseAuthorization(value)).toThrow(ProtocolError);
  });
});

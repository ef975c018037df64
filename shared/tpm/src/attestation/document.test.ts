import { describe, expect, it } from "vitest";
import { attestationSample } from "../testing/facts.ts";
import { examineAttestation } from "./attestation.ts";
import { issueChallenge } from "./challenge.ts";
import { decodeDocument, encodeDocument, maxDocumentLength } from "./document.ts";

const policy = { anchorsPem: undefined, now: new Date() };
const base64 = (value: unknown) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64");
const { document, expected, headerLength } = attestationSample;

describe("attestation document", () => {
  it("REG-21 the sample of a real TPM has the expected EK hash and AK name and is accepted", () => {
    const { ek, ak } = examineAttestation(base64(document), policy);
    expect(ek.hash).toBe(expected.ekHash);
    expect(ak.name.toString("hex")).toBe(expected.akName);
    expect(issueChallenge(ek, ak.name).message.length).toBe(expected.challengeLength);
  });

  it("decodes and encodes to the same text", () => {
    const text = base64(document);
    const { ek, ak } = decodeDocument(text);
    expect(ak && encodeDocument(ek, ak)).toBe(text);
    expect("Bearer TPM".length + text.length).toBe(headerLength);
  });

  it("REG-25 keys match in any case, unknown members, absent flags and trailing white space are ignored", () => {
    const ak = Object.fromEntries(Object.entries(document.AK).map(([key, value]) => [key.toLowerCase(), value]));
    const { usetcsdactivationformat: _, ...lower } = ak;
    const text = base64(`${JSON.stringify({ extra: 1, ak: { ...lower, more: {} }, ek: document.EK })} \n`);
    expect(examineAttestation(text, policy).ek.hash).toBe(expected.ekHash);
  });

  it.each([
    { what: "base64 garbage", text: "!!!", code: "DocumentNotBase64" },
    { what: "nothing", text: "", code: "DocumentNotJson" },
    { what: "text that is not JSON", text: base64("nope"), code: "DocumentNotJson" },
    { what: "two JSON values", text: base64(`${JSON.stringify(document)}{}`), code: "DocumentNotJson" },
    { what: "a list", text: base64([]), code: "DocumentInvalid" },
    { what: "a number as EK", text: base64({ ...document, EK: 1 }), code: "DocumentInvalid" },
    { what: "a list as AK", text: base64({ ...document, AK: [] }), code: "DocumentInvalid" },
    { what: "an empty object", text: base64({}), code: "EkNotPem" },
    { what: "no AK", text: base64({ EK: document.EK }), code: "AkMissing" },
    { what: "AK null", text: base64({ EK: document.EK, AK: null }), code: "AkMissing" },
    { what: "an empty AK", text: base64({ EK: document.EK, AK: {} }), code: "SignatureTooShort" },
    { what: "too much", text: "A".repeat(maxDocumentLength + 4), code: "DocumentTooLarge" },
  ])("REG-24 $what is refused as $code", ({ text, code }) => {
    expect(() => examineAttestation(text, policy)).toThrow(
      expect.objectContaining({ name: "AttestationRefused", code }),
    );
  });
});

import { createPublicKey, generateKeyPairSync } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { emulatedKey } from "../emulation/rsa-key.ts";
import { type QuoteChanges, softwareQuote } from "../testing/quoting-machine.ts";
import { softwareAk } from "../testing/software-ak.ts";
import { decodeChallenge, encodeChallenge, encodeResponse } from "./challenge.ts";
import { checkQuote, decodeQuote, encodeQuote, newQuoteRequest, type Quote } from "./quote.ts";

const ak = { publicKey: createPublicKey(emulatedKey(1n, "ak")) };
const request = newQuoteRequest([7, 0, 11, 7]);
const values = new Map([0, 7, 11].map((pcr) => [pcr, Buffer.alloc(32, pcr)]));
const refused = (code: string) => expect.objectContaining({ name: "AttestationRefused", code });

describe("quotes", () => {
  it("a right one is accepted, also after its way over the wire", () => {
    const quote = softwareQuote(request, values);
    checkQuote(quote, request, ak);
    const sent = JSON.parse(encodeResponse(Buffer.alloc(32), quote).toString()).Quote;
    checkQuote(decodeQuote(sent, request.pcrs), request, ak);
    expect(decodeQuote(encodeQuote(quote), request.pcrs)).toEqual(quote);
  });

  it("PCRs are asked for once each, in their order, with a nonce of their own each time", () => {
    expect(request.pcrs).toEqual([0, 7, 11]);
    expect(newQuoteRequest([]).nonce).not.toEqual(request.nonce);
    const challenge = { credential: Buffer.from("c"), encryptedSecret: Buffer.from("s"), quote: request };
    expect(decodeChallenge(encodeChallenge(challenge))).toEqual(challenge);
  });

  it.each<[string, QuoteChanges, string]>([
    ["one of another connection", { attest: { extraData: newQuoteRequest([]).nonce } }, "QuoteStale"],
    ["one without nonce", { attest: { extraData: Buffer.alloc(0) } }, "QuoteStale"],
    [
      "one signed by another key",
      { key: generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey },
      "QuoteSignature",
    ],
    ["one of fewer PCRs", { attest: { pcrs: [0, 7] } }, "QuoteSelection"],
    ["one of other PCRs", { attest: { pcrs: [0, 7, 16] } }, "QuoteSelection"],
    ["one of other values", { attest: { pcrDigest: Buffer.alloc(32) } }, "QuoteValues"],
    [
      "one that no TPM made",
      { editAttest: (bytes) => Buffer.concat([Buffer.from([0]), bytes.subarray(1)]) },
      "QuoteMalformed",
    ],
    ["a truncated one", { editAttest: (bytes) => bytes.subarray(0, -1) }, "QuoteMalformed"],
    ["one with bytes after it", { editAttest: (bytes) => Buffer.concat([bytes, Buffer.from([0])]) }, "QuoteMalformed"],
  ])("%s is refused", (_title, changes, code) => {
    expect(() => checkQuote(softwareQuote(request, values, changes), request, ak)).toThrow(refused(code));
  });

  it.each<[string, (quote: Quote) => Quote, string]>([
    ["a creation attestation", (quote) => ({ ...quote, ...creation() }), "QuoteMalformed"],
    [
      "changed values",
      (quote) => ({ ...quote, values: new Map([...values, [7, Buffer.alloc(32, 9)]]) }),
      "QuoteValues",
    ],
    ["a missing value", (quote) => ({ ...quote, values: new Map([[0, Buffer.alloc(32)]]) }), "QuoteValues"],
    [
      "a value of another length",
      (quote) => ({ ...quote, values: new Map([...values, [7, Buffer.alloc(20)]]) }),
      "QuoteValues",
    ],
    ["no signature", (quote) => ({ ...quote, signature: Buffer.alloc(0) }), "QuoteMalformed"],
  ])("%s is refused", (_title, change, code) => {
    expect(() => checkQuote(change(softwareQuote(request, values)), request, ak)).toThrow(refused(code));
  });

  it("no bytes that are not the TPM's pass, nor anything but a refusal", () => {
    const quote = softwareQuote(request, values);
    const anywhere = fc.tuple(fc.nat(quote.attest.length - 1), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(anywhere, ([offset, change]) => {
        const attest = Buffer.from(quote.attest);
        attest.writeUInt8(attest.readUInt8(offset) ^ change, offset);
        expect(() => checkQuote({ ...quote, attest }, request, ak)).toThrow(refused("QuoteSignature"));
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    { Nonce: "", PCRs: [0] },
    { Nonce: Buffer.alloc(65).toString("base64"), PCRs: [0] },
    { Nonce: "AAAA", PCRs: [24] },
    { Nonce: "AAAA", PCRs: ["0"] },
    { Nonce: "AAAA", PCRs: { length: 1e9 } },
  ])("a machine does not serve the request %j", (quote) => {
    const message = Buffer.from(JSON.stringify({ EC: { Credential: "AAAA", Secret: "AAAA" }, Quote: quote }));
    expect(() => decodeChallenge(message)).toThrow(expect.objectContaining({ code: "ChallengeMalformed" }));
  });
});

function creation(): Pick<Quote, "attest" | "signature"> {
  const { createAttestation, createSignature } = softwareAk();
  return { attest: createAttestation, signature: createSignature };
}

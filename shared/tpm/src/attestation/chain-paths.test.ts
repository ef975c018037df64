import { createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type Authority,
  BasicConstraintsExtension,
  type CertificateOptions,
  certificateFor,
  ExtendedKeyUsageExtension,
  Extension,
  KeyUsageFlags,
  KeyUsagesExtension,
  makeAuthority,
  SubjectAlternativeNameExtension,
} from "../testing/certificates.ts";
import { verifyEndorsementChain } from "./chain.ts";
import { parseEndorsementKey } from "./endorsement-key.ts";

const rsaEk = generateKeyPairSync("rsa", { modulusLength: 2048 }).publicKey;
const eccEk = generateKeyPairSync("ec", { namedCurve: "P-256" }).publicKey;
const now = new Date();
const hours = (count: number) => new Date(now.getTime() + count * 3600_000);
const authority = (pathLength?: number) => [new BasicConstraintsExtension(true, pathLength, true)];
/** What the TCG EK profile puts into an EK certificate. */
const profile = [
  new BasicConstraintsExtension(false, undefined, true),
  new ExtendedKeyUsageExtension(["2.23.133.8.1"]),
  new SubjectAlternativeNameExtension([{ type: "dn", value: "CN=id:00010203" }], true),
];

interface Chain {
  /** What the machine sends after its certificate. */
  sent?: Authority[];
  anchors: Authority[];
  issuer: Authority;
  key?: KeyObject;
  options?: CertificateOptions;
}

async function verify({ sent = [], anchors, issuer, key = rsaEk, options }: Chain) {
  const { pem } = await certificateFor(key, { issuer, extensions: profile, serial: "0a1b", ...options });
  const document = [pem, ...sent.map((one) => one.pem)].join("");
  return verifyEndorsementChain(
    parseEndorsementKey(Buffer.from(document)),
    anchors.map(({ pem }) => pem).join(""),
    now,
  );
}

let root: Authority;
let middle: Authority;
let leafCa: Authority;

beforeAll(async () => {
  root = await makeAuthority("CN=Root, O=Maker", { kind: "rsa" });
  middle = await makeAuthority("CN=Middle", { issuer: root, extensions: authority(1) });
  leafCa = await makeAuthority("CN=Leaf CA", { issuer: middle, extensions: authority(0) });
});

describe("paths", () => {
  it.each([
    ["RSA", rsaEk],
    ["ECC", eccEk],
  ])("an EK of kind %s: intermediates that were sent link it to the root", async (_kind, key) => {
    expect(await verify({ sent: [leafCa, middle], anchors: [root], issuer: leafCa, key })).toEqual({
      serial: "0A1B",
      issuer: "CN=Leaf CA",
      authority: "CN=Root, O=Maker",
    });
  });

  it("their order and strangers among them do not matter", async () => {
    const stranger = await makeAuthority("CN=Stranger");
    const sent = [stranger, middle, stranger, leafCa];
    expect(await verify({ sent, anchors: [stranger, root], issuer: leafCa })).toMatchObject({
      authority: "CN=Root, O=Maker",
    });
  });

  it("an intermediate in the Secret is an anchor itself", async () => {
    expect(await verify({ anchors: [root, leafCa], issuer: leafCa })).toMatchObject({ authority: "CN=Leaf CA" });
    expect(await verify({ sent: [leafCa], anchors: [middle], issuer: leafCa })).toMatchObject({
      authority: "CN=Middle",
    });
  });

  it("intermediates of the Secret and of the machine are used together", async () => {
    const bridge = await makeAuthority("CN=Bridge", { issuer: middle, extensions: authority() });
    await expect(verify({ sent: [bridge], anchors: [middle], issuer: bridge })).resolves.toMatchObject({
      issuer: "CN=Bridge",
    });
  });

  it("a certificate that is itself trusted needs no issuer", async () => {
    const { pem } = await certificateFor(rsaEk, { issuer: leafCa, extensions: profile });
    const ek = parseEndorsementKey(Buffer.from(pem));
    expect(verifyEndorsementChain(ek, pem, now)).toMatchObject({ issuer: "CN=Leaf CA" });
  });
});

describe("no path", () => {
  const refusal = async (chain: Chain) => {
    await expect(verify(chain)).rejects.toThrow(expect.objectContaining({ name: "AttestationRefused" }));
    return verify(chain).then(
      () => "accepted",
      ({ code, message, hint }) => `${code}: ${message === "EK certificate has no trusted authority" ? hint : message}`,
    );
  };

  it("a missing intermediate is named", async () => {
    expect(await refusal({ anchors: [root], issuer: leafCa })).toBe(
      'EkCertificateUntrusted: no certificate of "CN=Leaf CA" is trusted or was sent',
    );
    expect(await refusal({ sent: [leafCa], anchors: [root], issuer: leafCa })).toBe(
      'EkCertificateUntrusted: no certificate of "CN=Middle" is trusted or was sent',
    );
  });

  it("a key that is not the issuer's does not count, whatever its name", async () => {
    const impostor = await makeAuthority("CN=Leaf CA");
    expect(await refusal({ sent: [middle, leafCa], anchors: [root], issuer: impostor })).toMatch(
      /^EkCertificateUntrusted/,
    );
    expect(await refusal({ sent: [impostor], anchors: [root], issuer: impostor })).toMatch(/^EkCertificateUntrusted/);
  });

  it.each<[string, () => Promise<Authority>, string]>([
    [
      "an expired intermediate",
      () => makeAuthority("CN=I", { issuer: root, notBefore: hours(-9), notAfter: hours(-1) }),
      '"CN=I" has expired',
    ],
    [
      "an intermediate of tomorrow",
      () => makeAuthority("CN=I", { issuer: root, notBefore: hours(1), notAfter: hours(9) }),
      '"CN=I" is not valid yet',
    ],
    [
      "an issuer that is no authority",
      () =>
        makeAuthority("CN=I", { issuer: root, extensions: [new BasicConstraintsExtension(false, undefined, true)] }),
      '"CN=I" is not a certificate authority',
    ],
    [
      "an issuer without any extension",
      () => makeAuthority("CN=I", { issuer: root, extensions: [] }),
      '"CN=I" is not a certificate authority',
    ],
    [
      "an intermediate with name constraints, which are not understood",
      () =>
        makeAuthority("CN=I", {
          issuer: root,
          extensions: [...authority(), new Extension("2.5.29.30", true, new Uint8Array([0x30, 0]))],
        }),
      '"CN=I" has an unknown critical extension',
    ],
    [
      "an intermediate that may not sign certificates",
      () =>
        makeAuthority("CN=I", {
          issuer: root,
          extensions: [...authority(), new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true)],
        }),
      'no certificate of "CN=I" is trusted or was sent',
    ],
    [
      "a path that is longer than an authority on it allows",
      () => makeAuthority("CN=I", { issuer: leafCa }),
      '"CN=Leaf CA" allows fewer authorities below it',
    ],
  ])("%s", async (_title, make, problem) => {
    const issuer = await make();
    const sent = [issuer, leafCa, middle];
    expect(await refusal({ sent, anchors: [root], issuer })).toBe(`EkCertificateUntrusted: ${problem}`);
  });

  it("an anchor's own path length holds, too", async () => {
    const strict = await makeAuthority("CN=Strict", { extensions: authority(0) });
    const below = await makeAuthority("CN=Below", { issuer: strict });
    await expect(verify({ anchors: [strict], issuer: strict })).resolves.toBeDefined();
    expect(await refusal({ sent: [below], anchors: [strict], issuer: below })).toContain("allows fewer authorities");
  });

  it.each<[string, CertificateOptions, RegExp]>([
    ["an expired certificate", { notBefore: hours(-9), notAfter: hours(-1) }, /^EkCertificateExpired.* is expired/],
    ["one of tomorrow", { notBefore: hours(1), notAfter: hours(9) }, /^EkCertificateExpired.* is not valid yet/],
    [
      "one for another purpose",
      { extensions: [new ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.2"])] },
      /^EkCertificateUsage/,
    ],
    [
      "one with an unknown critical extension",
      { extensions: [...profile, new Extension("1.2.3.4", true, new Uint8Array([5, 0]))] },
      /^EkCertificateExtension/,
    ],
  ])("%s is refused although its issuer is trusted", async (_title, options, expected) => {
    expect(await refusal({ anchors: [leafCa], issuer: leafCa, options })).toMatch(expected);
    expect(await refusal({ anchors: [leafCa], issuer: leafCa, options, key: eccEk })).toMatch(expected);
  });

  it("names cannot disturb a terminal or a log, nor grow", async () => {
    const name = `CN=x\u001b[2J\u202e${"y".repeat(300)}`;
    const evil = await makeAuthority(name);
    const text = await refusal({ anchors: [root], issuer: evil });
    expect(text).toMatch(/^[\P{C}]+$/u);
    expect(text.length).toBeLessThan(400);
  });
});

it("a key whose certificate names it RSAES-OAEP is the same key", async () => {
  const { pem } = await certificateFor(rsaEk, { issuer: leafCa, extensions: profile });
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ""), "base64");
  const plain = Buffer.from("2a864886f70d010101", "hex");
  const renamed = Buffer.from(der);
  renamed.write("2a864886f70d010107", renamed.indexOf(plain), "hex");
  const text = `-----BEGIN CERTIFICATE-----\n${renamed.toString("base64")}\n-----END CERTIFICATE-----\n`;
  expect(parseEndorsementKey(Buffer.from(text)).hash).toBe(parseEndorsementKey(Buffer.from(pem)).hash);
  expect(createPublicKey(rsaEk.export({ type: "spki", format: "pem" })).equals(rsaEk)).toBe(true);
});

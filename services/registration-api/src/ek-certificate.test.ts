import { createPublicKey, generateKeyPairSync } from "node:crypto";
import { secrets } from "@elemental/api";
import { memoryKube } from "@elemental/kube/testing";
import {
  certificateFor,
  ExtendedKeyUsageExtension,
  makeAuthority,
  softwareAk,
  softwareDocument,
  softwareMachine,
} from "@elemental/tpm/testing";
import { describe, expect, test } from "vitest";
import { tell } from "./testing/register.ts";
import { auth, doorFor, PLAIN, type TestDoor, testDoor } from "./testing/test-door.ts";

const refusal = async (door: TestDoor, authorization?: string) => (await door.plain(authorization)).answer();
const { publicKey: rsaEk } = generateKeyPairSync("rsa", { modulusLength: 2048 });

describe("the tpm-ca Secret", () => {
  async function withAnchors(pem: string, namespace = "fleet-default"): Promise<TestDoor> {
    const door = await doorFor(auth("tpm"));
    const data = { "tls.crt": Buffer.from(pem).toString("base64") };
    const before = await refusal(door, `Bearer TPM${softwareDocument(rsaEk)}`);
    expect(before.status).toBe(101);
    await door.kube.create(secrets, {
      apiVersion: "v1",
      kind: "Secret",
      metadata: { namespace, name: "tpm-ca" },
      data,
    });
    return door;
  }
  const certified = async (authority: Awaited<ReturnType<typeof makeAuthority>>, usages?: string[]) => {
    const extensions = usages ? [new ExtendedKeyUsageExtension(usages)] : [];
    const { pem } = await certificateFor(createPublicKey(rsaEk.export({ type: "spki", format: "pem" })), {
      issuer: authority,
      extensions,
    });
    return `Bearer TPM${softwareDocument(pem)}`;
  };

  test("REG-39 REG-40 REG-41 certificates of the authority are accepted, others and bare keys are not", async () => {
    const authority = await makeAuthority("CN=Maker");
    const door = await withAnchors(authority.pem);
    await expect.poll(async () => (await refusal(door, `Bearer TPM${softwareDocument(rsaEk)}`)).status).toBe(401);
    expect((await refusal(door, await certified(authority))).status).toBe(101);
    expect((await refusal(door, await certified(authority, ["2.23.133.8.1"]))).status).toBe(101);
    expect((await refusal(door, await certified(await makeAuthority("CN=Other")))).status).toBe(401);
  });

  test("a Secret without certificates refuses everything", async () => {
    const door = await withAnchors("");
    const authorization = await certified(await makeAuthority("CN=Maker"));
    await expect.poll(async () => (await refusal(door, authorization)).status).toBe(401);
  });

  test("REG-42 the Secret of another namespace does not count", async () => {
    const door = await withAnchors((await makeAuthority("CN=Maker")).pem, "elsewhere");
    expect((await refusal(door, `Bearer TPM${softwareDocument(rsaEk)}`)).status).toBe(101);
  });
});

describe("tpm.requireCertificate", () => {
  const ek = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const ak = softwareAk();

  async function doorWith(spec: Parameters<typeof doorFor>[0], anchors?: string): Promise<TestDoor> {
    const kube = memoryKube();
    if (anchors !== undefined) {
      const data = { "tls.crt": Buffer.from(anchors).toString("base64") };
      const metadata = { namespace: "fleet-default", name: "tpm-ca" };
      await kube.create(secrets, { apiVersion: "v1", kind: "Secret", metadata, data });
    }
    return doorFor({ ...auth("tpm"), ...spec }, { kube });
  }

  /** Registers the TPM of `ek`, presenting `pem` where it is told. */
  async function registered(door: TestDoor, pem?: string) {
    const machine = softwareMachine(ek.privateKey, ak);
    const document = pem === undefined ? machine.document : softwareDocument(pem, ak);
    const client = await door.plain(`Bearer TPM${document}`);
    expect((await client.answer()).status).toBe(101);
    client.send(machine.answer(await client.message()));
    await client.message();
    expect(await tell(client)).toMatch(/^elemental:/);
    return (await door.inventory()).spec?.attestation?.certificate;
  }

  test("a verified certificate is recorded with the write of the registration, and renewed by the next", async () => {
    const maker = await makeAuthority("CN=Maker");
    const door = await doorWith({ tpm: { requireCertificate: true } }, maker.pem);
    const { pem } = await certificateFor(ek.publicKey, { issuer: maker, serial: "0a" });
    expect(await registered(door, pem)).toEqual({
      verified: true,
      serial: "0A",
      issuer: "CN=Maker",
      authority: "CN=Maker",
    });
    const inventoryWrites = door.kube.writes.filter(({ type }) => type.kind === "MachineInventory");
    expect(inventoryWrites).toHaveLength(1);
    const other = await certificateFor(ek.publicKey, { issuer: maker, serial: "0b" });
    expect(await registered(door, other.pem)).toMatchObject({ serial: "0B" });
  });

  test("true without the Secret refuses everyone, and hardware addresses in any case", async () => {
    const door = await doorWith({ tpm: { requireCertificate: true } });
    const { pem } = await certificateFor(ek.publicKey);
    expect(await refusal(door, `Bearer TPM${softwareDocument(pem, ak)}`)).toMatchObject({
      status: 401,
      body: expect.stringContaining("(TrustAnchorsMissing)"),
    });
    const open = await testDoor({ policy: { allowAnyMethod: true } });
    await open.addRegistration({ ...auth("tpm"), tpm: { requireCertificate: true } });
    expect((await refusal(open, PLAIN)).body).toContain("(MethodNotAccepted)");
  });

  test("false admits TPMs without a certificate despite the Secret, and records why they are not vouched for", async () => {
    const maker = await makeAuthority("CN=Maker");
    const door = await doorWith({ tpm: { requireCertificate: false } }, maker.pem);
    expect(await registered(door)).toMatchObject({ verified: false, reason: "EkCertificateRequired" });
    const { pem } = await certificateFor(ek.publicKey, { issuer: await makeAuthority("CN=Other") });
    expect(await registered(door, pem)).toEqual({
      verified: false,
      reason: "EkCertificateUntrusted",
      message: 'EK certificate has no trusted authority: no certificate of "CN=Other" is trusted or was sent',
    });
  });

  test("without the setting and without the Secret nothing is required", async () => {
    const door = await doorWith({});
    expect(await registered(door)).toMatchObject({ verified: false, reason: "TrustAnchorsMissing" });
  });
});

import { createHash, generateKeyPairSync } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import type { MeasuredBoot } from "@elemental/api";
import { openAttestor } from "@elemental/tpm";
import {
  extendPcr,
  hasSwtpm,
  openSwtpm,
  quotingMachine,
  type SoftwareMachine,
  softwareAk,
  softwareMachine,
  softwareQuote,
  startSwtpm,
  swtpmInstallHint,
} from "@elemental/tpm/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { tell } from "./testing/register.ts";
import { auth, doorFor, PLAIN, type TestDoor, testDoor } from "./testing/test-door.ts";

type Answering = { document: string; answer(challenge: Uint8Array): Buffer | Promise<Buffer> };

const ek = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
const original = softwareMachine(ek, softwareAk());
const zero = "0".repeat(64);
const one = "1".repeat(64);
const values =
  (value = zero) =>
  (pcrs: number[]) =>
    new Map(pcrs.map((pcr) => [pcr, Buffer.from(value, "hex")]));
const measuring = (value = zero): SoftwareMachine =>
  quotingMachine(ek, (request) => softwareQuote(request, values(value)(request.pcrs)));

const doorThat = (measuredBoot: MeasuredBoot) => doorFor({ ...auth("tpm"), tpm: { measuredBoot } });

/** What the machine hears: the configuration, or why not. */
async function register(door: TestDoor, machine: Answering): Promise<string> {
  const client = await door.plain(`Bearer TPM${machine.document}`);
  const { status, body } = await client.answer();
  if (status !== 101) return `${status} ${body}`;
  client.send(await machine.answer(await client.message()));
  const frame = await client.frame();
  if (frame?.opcode === 8) return frame.payload.subarray(2).toString();
  return (await tell(client)).slice(0, "elemental:".length);
}

const recorded = async (door: TestDoor) => (await door.inventory()).spec?.attestation?.measuredBoot;
const inventoryWrites = (door: TestDoor) => door.kube.writes.filter(({ type }) => type.kind === "MachineInventory");

describe("Observe", () => {
  test("records the values of the default PCRs with the one write of the registration", async () => {
    const door = await doorThat({ mode: "Observe" });
    expect(await register(door, measuring(one))).toBe("elemental:");
    const pcrs = Object.fromEntries([0, 1, 2, 3, 4, 5, 6, 7, 11, 14].map((pcr) => [pcr, one]));
    expect(await recorded(door)).toEqual({ pcrs });
    expect(inventoryWrites(door)).toHaveLength(1);
  });

  test("admits clients of the original, and records that they said nothing", async () => {
    const door = await doorThat({ mode: "Observe" });
    expect(await register(door, original)).toBe("elemental:");
    expect(await recorded(door)).toMatchObject({ reason: "QuoteUnsupported" });
    expect(
      await register(
        door,
        quotingMachine(ek, () => undefined),
      ),
    ).toBe("elemental:");
    expect(await recorded(door)).toMatchObject({ reason: "QuoteMissing" });
  });

  test("says whom Enforce would refuse, and forgets it when the values are right", async () => {
    const door = await doorThat({ mode: "Observe", pcrs: [], allowed: [{ pcr: 7, values: [zero] }] });
    expect(await register(door, measuring(one))).toBe("elemental:");
    expect(await recorded(door)).toMatchObject({ pcrs: { 7: one }, checked: [7], reason: "PcrNotAllowed" });
    expect(await register(door, measuring(zero))).toBe("elemental:");
    expect(await recorded(door)).toEqual({ pcrs: { 7: zero }, checked: [7] });
  });

  test("refuses a forged quote all the same", async () => {
    const door = await doorThat({ mode: "Observe" });
    const { privateKey: key } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const forger = quotingMachine(ek, (request) => softwareQuote(request, values()(request.pcrs), { key }));
    expect(await register(door, forger)).toContain("(QuoteSignature)");
    expect(await door.inventories()).toEqual([]);
  });
});

describe("Enforce", () => {
  const enforced = () => doorThat({ mode: "Enforce", pcrs: [0], allowed: [{ pcr: 7, values: [one, zero] }] });

  test("admits allowed values, and refuses others without writing anything", async () => {
    const door = await enforced();
    expect(await register(door, measuring("2".repeat(64)))).toBe(
      "PCR 7 has a value that is not allowed (PcrNotAllowed)",
    );
    expect(inventoryWrites(door)).toEqual([]);
    expect(await register(door, measuring(one))).toBe("elemental:");
    expect(await recorded(door)).toEqual({ pcrs: { 0: one, 7: one }, checked: [7] });
  });

  test("refuses clients of the original before the upgrade, and hardware addresses in any case", async () => {
    const door = await enforced();
    expect(await register(door, original)).toMatch(/^401 .*\(QuoteUnsupported\)/);
    expect(
      await register(
        door,
        quotingMachine(ek, () => undefined),
      ),
    ).toContain("(QuoteMissing)");
    const open = await testDoor({ policy: { allowAnyMethod: true } });
    await open.addRegistration({ ...auth("tpm"), tpm: { measuredBoot: { mode: "Enforce" } } });
    expect((await (await open.plain(PLAIN)).answer()).body).toContain("(MethodNotAccepted)");
  });

  test("refuses the quote of an earlier connection", async () => {
    const door = await enforced();
    let first: ReturnType<typeof softwareQuote> | undefined;
    const replaying = quotingMachine(ek, (request) => (first ??= softwareQuote(request, values()(request.pcrs))));
    expect(await register(door, replaying)).toBe("elemental:");
    expect(await register(door, replaying)).toBe("the quote was not made for this connection (QuoteStale)");
  });
});

test("a client that can quote is asked for nothing where the registration does not measure", async () => {
  const door = await doorFor(auth("tpm"));
  const client = await door.plain(`Bearer TPM${measuring().document}`);
  await client.answer();
  expect(await client.message()).toHaveLength(476);
});

const swtpmMissing = (await hasSwtpm()) ? "" : ` (skipped without swtpm: ${swtpmInstallHint})`;

test.skipIf(swtpmMissing !== "")(`a real TPM is refused once it measured something else${swtpmMissing}`, async () => {
  const dir = await mkdtemp("/tmp/door-");
  const swtpm = await startSwtpm(join(dir, "tpm"));
  onTestFinished(async () => {
    await swtpm.stop();
    await rm(dir, { recursive: true, force: true });
  });
  const door = await doorThat({ mode: "Enforce", allowed: [{ pcr: 11, values: [zero] }] });
  const boot = async () => {
    const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address });
    try {
      const answer = (challenge: Uint8Array) => attestor.answer(Buffer.from(challenge));
      return await register(door, { document: await attestor.document(), answer });
    } finally {
      await attestor.close();
    }
  };
  expect(await boot()).toBe("elemental:");
  const device = await openSwtpm(swtpm.address);
  await extendPcr(device, 11, createHash("sha256").update("another kernel").digest());
  await device.close();
  expect(await boot()).toBe("PCR 11 has a value that is not allowed (PcrNotAllowed)");
});

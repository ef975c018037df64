import { generateKeyPairSync } from "node:crypto";
import { openAttestor } from "@elemental/tpm";
import { type AkChanges, softwareAk, softwareDocument } from "@elemental/tpm/testing";
import { describe, expect, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { tell } from "./testing/register.ts";
import { auth, doorFor, PATH, PLAIN, type TestDoor, testDoor } from "./testing/test-door.ts";

const refusal = async (door: TestDoor, authorization?: string) => (await door.plain(authorization)).answer();
const tpm = () => openAttestor({ kind: "emulated", seed: 7n });
const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString("base64");
const { publicKey: rsaEk } = generateKeyPairSync("rsa", { modulusLength: 2048 });

describe("what the header alone decides", () => {
  test("REG-15 no Authorization header", async () => {
    const door = await doorFor();
    const answer = await (await RawClient.upgrade(door.port, PATH)).answer();
    expect(answer).toMatchObject({
      status: 401,
      body: "authorization required (AuthorizationMalformed)\n",
      headers: { "content-type": "text/plain; charset=utf-8" },
    });
  });

  test.each([
    ["REG-15 H4 an empty header", ""],
    ["REG-16 lower case", "bearer PLAINx"],
    ["REG-16 another scheme", "Bearer FOO"],
    ["REG-17 nothing after PLAIN", "Bearer PLAIN"],
    ["REG-17 nothing after TPM", "Bearer TPM"],
    ["H13 unknown", "Bearer PLAINunknown"],
    ["REG-50 H5 TPM where plain is asked for", `Bearer TPM${softwareDocument(rsaEk)}`],
  ])("%s", async (_name, authorization) => {
    const door = await doorFor(auth("mac"));
    const answer = await refusal(door, authorization);
    expect(answer.status).toBe(401);
    expect(answer.body.length).toBeLessThanOrEqual(1024);
  });

  test.each([
    ["REG-24 H4 base64 garbage", "%%%"],
    ["REG-24 an empty document", base64({})],
    ["REG-24 no AK", base64({ EK: "" })],
    ["REG-24 AK null", base64({ EK: "", AK: null })],
    ["REG-38 an Ed25519 key", softwareDocument(generateKeyPairSync("ed25519").publicKey)],
    [
      "REG-38 H7 an RSA key of 1024 bits",
      softwareDocument(generateKeyPairSync("rsa", { modulusLength: 1024 }).publicKey),
    ],
    [
      "REG-34 H10 a modulus shorter than its keyBits",
      spoiled({ key: generateKeyPairSync("rsa", { modulusLength: 1024 }).privateKey }),
    ],
    [
      "REG-33 a wrong signature",
      spoiled({ editSignature: (bytes) => Buffer.concat([bytes.subarray(0, -1), Buffer.from([0xff])]) }),
    ],
    [
      "REG-33 a wrong magic",
      spoiled({ editAttestation: (bytes) => Buffer.concat([Buffer.from([0]), bytes.subarray(1)]) }),
    ],
    ["REG-32 not restricted", spoiled({ public: { attributes: 0x00040472 } })],
    ["REG-35 a truncated signature", spoiled({ editSignature: (bytes) => bytes.subarray(0, 9) })],
  ])("%s is refused and the server keeps running", async (_name, document) => {
    const door = await doorFor(auth("tpm"));
    expect((await refusal(door, `Bearer TPM${document}`)).status).toBe(401);
    expect((await refusal(door, `Bearer TPM${softwareDocument(rsaEk)}`)).status).toBe(101);
  });

  test("REG-50 H5 plain authentication where TPM is asked for, unless that is allowed", async () => {
    const door = await doorFor(auth("tpm"));
    expect(await refusal(door, PLAIN)).toMatchObject({
      status: 401,
      body: "this registration does not accept plain authentication (MethodNotAccepted)\n",
    });
    await door.addRegistration(auth("tpm"), {
      token: "open",
      annotations: { "elemental.cattle.io/allow-any-auth": "true" },
    });
    const open = await RawClient.upgrade(door.port, "/elemental/registration/open", PLAIN);
    expect((await open.answer()).status).toBe(101);
    const other = await testDoor({ policy: { allowAnyMethod: true } });
    await other.addRegistration(auth("tpm"));
    expect((await refusal(other, PLAIN)).status).toBe(101);
  });

  test("REG-18 a header of 12 KiB and one of 60 KiB are read, a larger one is refused", async () => {
    const door = await doorFor(auth("mac"));
    expect((await refusal(door, `Bearer TPM${"A".repeat(12_000)}`)).status).toBe(401);
    expect((await refusal(door, `Bearer TPM${"A".repeat(60_000)}`)).status).toBe(401);
    expect((await refusal(door, `Bearer TPM${"A".repeat(70_000)}`)).status).toBe(431);
  });
});

describe("TPM", () => {
  async function challenged(door: TestDoor) {
    const attestor = await tpm();
    const client = await door.plain(`Bearer TPM${await attestor.document()}`);
    expect((await client.answer()).status).toBe(101);
    return { attestor, client };
  }

  test("REG-27 the challenge is one frame in one piece of 476 bytes", async () => {
    const { client } = await challenged(await doorFor(auth("tpm")));
    client.chunks.length = 0;
    const frame = await client.frame();
    expect(frame).toMatchObject({ fin: true, opcode: 2 });
    expect(frame?.payload).toHaveLength(476);
    expect(frame?.payload.toString()).toMatch(/^\{"EC":\{"Credential":"[^"]{96}","Secret":"[^"]{344}"\}\}$/);
  });

  test("REG-28 for a P-256 endorsement key it has 228 bytes", async () => {
    const door = await doorFor(auth("tpm"));
    const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const client = await door.plain(`Bearer TPM${softwareDocument(publicKey)}`);
    await client.answer();
    expect(await client.message()).toHaveLength(228);
  });

  test.each([
    ["REG-29 binary", 2, (answer: Buffer) => answer],
    ["REG-29 without a line feed", 2, (answer: Buffer) => answer.subarray(0, -1)],
    ["REG-29 as text", 1, (answer: Buffer) => answer],
  ])("%s: the right answer is followed by Ready", async (_name, opcode, edit) => {
    const door = await doorFor(auth("tpm"));
    const { attestor, client } = await challenged(door);
    client.send(edit(await attestor.answer(await client.message())), { opcode });
    expect((await client.message()).toString("hex")).toBe("01");
    expect(await tell(client)).toMatch(/^elemental:/);
    const [inventory] = await door.inventories();
    expect(inventory?.spec).toMatchObject({ tpmHash: await attestor.endorsementKeyHash() });
    expect(inventory?.spec?.machineHash).toBeUndefined();
  });

  test.each([
    ["REG-30 H9 one bit off", () => JSON.stringify({ Secret: Buffer.alloc(32, 1).toString("base64") })],
    ["REG-30 31 bytes", () => JSON.stringify({ Secret: Buffer.alloc(31).toString("base64") })],
    ["REG-30 empty", () => ""],
    ["REG-30 no JSON", () => "secret"],
    ["nothing but null", () => "null"],
  ])("%s closes without Ready", async (_name, response) => {
    const { client } = await challenged(await doorFor(auth("tpm")));
    await client.message();
    client.send(response());
    expect(await client.closed()).toMatch(/^1008 /);
  });

  test("H9 there is one attempt: the right answer after a wrong one is not heard", async () => {
    const { attestor, client } = await challenged(await doorFor(auth("tpm")));
    const right = await attestor.answer(await client.message());
    client.send(JSON.stringify({ Secret: Buffer.alloc(32).toString("base64") }));
    client.send(right);
    expect(await client.closed({ stay: true })).toMatch(/^1008 /);
    expect(await client.frame()).toBeUndefined();
  });

  test("H12 what a machine says of its TPM neither refuses nor admits it", async () => {
    const door = await doorFor(auth("tpm"));
    for (const said of ["emulated-tpm", "tpm"]) {
      const { attestor, client } = await challenged(door);
      client.send(await attestor.answer(await client.message()));
      await client.message();
      client.send([5, 12]);
      await client.message();
      expect(await tell(client, { annotations: { auth: said } })).toMatch(/^elemental:/);
    }
  });

  test("REG-31 the response of an earlier connection is wrong in a later one", async () => {
    const door = await doorFor(auth("tpm"));
    const first = await challenged(door);
    const response = await first.attestor.answer(await first.client.message());
    const { client } = await challenged(door);
    await client.message();
    client.send(response);
    expect(await client.closed()).toBe("1008 wrong answer to the TPM challenge (SecretMismatch)");
  });
});

function spoiled(changes: AkChanges): string {
  return softwareDocument(rsaEk, softwareAk(changes));
}

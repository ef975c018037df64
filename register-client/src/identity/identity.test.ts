import { describe, expect, test } from "vitest";
import { localHost } from "../host/host.ts";
import { listInterfaces } from "../host/network.ts";
import { emptyState } from "../state/state.ts";
import { createLab } from "../testing/index.ts";
import { isFilledUuid, macIdentity } from "./identifier.ts";
import { openIdentity } from "./identity.ts";
import { chooseSeed, randomSeed, seedFromUuid } from "./seed.ts";
import { parseTpmSocket } from "./tpm-source.ts";

describe("seeds", () => {
  const remembered = { ...emptyState, emulatedTpm: true, emulatedTpmSeed: 9n };
  const carried = { ...emptyState, emulatedTpmSeed: 9n };
  const derive = () => 77n;
  test.each([
    ["-1, not emulated before", { emulateTpm: true, configured: -1n, state: carried }, 77n],
    ["-1, emulated before", { emulateTpm: true, configured: -1n, state: remembered }, 9n],
    ["CLI-25 configured, emulated before", { emulateTpm: true, configured: 5n, state: remembered }, 9n],
    ["configured, not emulated before", { emulateTpm: true, configured: 5n, state: carried }, 5n],
    ["no emulation", { emulateTpm: false, configured: 5n, state: carried }, 9n],
  ])("REG-45 %s", (_name, choice, expected) => {
    expect(chooseSeed({ ...choice, derive })).toBe(expected);
  });

  test.each([
    ["CLI-24", "00112233-4455-6677-8899-aabbccddeeff", -8603657889541918977n],
    ["REG-45", "5f3c1a20-7d4e-4b8a-9c61-2e0f8d7a6b55", -7178405686718862507n],
    ["unreadable", "unknown", undefined],
    ["empty", "", undefined],
  ])("%s the seed of UUID %s", (_id, uuid, expected) => {
    expect(seedFromUuid(uuid)).toBe(expected);
  });

  test("a random seed is a non-negative int64", () => {
    for (let i = 0; i < 100; i += 1) {
      const seed = randomSeed();
      expect(seed >= 0n && seed < 2n ** 63n).toBe(true);
    }
  });
});

describe("plain identities", () => {
  test("CLI-28 REG-48 the lowest permanent address of a real interface", () => {
    using lab = createLab({
      nics: [
        { name: "eth0", mac: "52:54:00:00:00:02" },
        { name: "eth1", mac: "52:54:00:00:00:01" },
        { name: "eth2", mac: "02:00:00:00:00:01", addressAssignType: 3 },
        { name: "br0", mac: "02:00:00:00:00:02", virtual: true },
        { name: "eth3", mac: "00:00:00:00:00:00" },
      ],
    });
    expect(macIdentity(listInterfaces(localHost(lab.env, lab.root)))).toBe("52:54:00:00:00:01");
    expect(() => macIdentity([])).toThrow("permanent MAC address");
  });

  test.each(["", "Unspecified", "None", "Not Settable", "Not Specified", "unknown", "UNKNOWN"])(
    "CLI-27 REG-49 H13 UUID %j does not identify a machine",
    (uuid) => {
      expect(isFilledUuid(uuid)).toBe(false);
    },
  );

  test("H13 all zeros and all F are not filled in either, a real UUID is", () => {
    expect(isFilledUuid("00000000-0000-0000-0000-000000000000")).toBe(false);
    expect(isFilledUuid("FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF")).toBe(false);
    expect(isFilledUuid("5f3c1a20-7d4e-4b8a-9c61-2e0f8d7a6b55")).toBe(true);
  });

  test("the header and the hash of a plain identity", async () => {
    using lab = createLab({ nics: [{ name: "eth0", mac: "aa:bb:cc:dd:ee:ff" }] });
    const identity = await openIdentity(localHost(lab.env, lab.root), "mac", { source: { kind: "linux" }, key: "rsa" });
    expect(identity.authorization).toBe("Bearer PLAINaa:bb:cc:dd:ee:ff");
    expect(identity.hash).toBe("c1582e87c802221899199e286ead9a7ed13eb3b5e3827be6cc149fb82a9e04f7");
    expect(identity.answer).toBeUndefined();
  });

  test.each(["", "TPM", "password"])("authentication %j is not supported", async (auth) => {
    using lab = createLab();
    const opened = openIdentity(localHost(lab.env, lab.root), auth, { source: { kind: "linux" }, key: "rsa" });
    await expect(opened).rejects.toThrow(`unsupported authentication: ${auth}`);
  });
});

test("addresses of a swtpm socket", () => {
  expect(parseTpmSocket("/run/tpm.sock")).toEqual({ path: "/run/tpm.sock" });
  expect(parseTpmSocket("127.0.0.1:2321")).toEqual({ host: "127.0.0.1", port: 2321 });
  expect(parseTpmSocket("[::1]:2321")).toEqual({ host: "::1", port: 2321 });
  expect(() => parseTpmSocket("tpm")).toThrow("neither an absolute path nor host:port");
});

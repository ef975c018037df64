import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, expect, test } from "vitest";
import { liveSystem, toolkitRecord, tpmChallenge } from "../testing/index.ts";
import { assembleExecutable } from "./assemble.ts";
import { readSegments, segmentType } from "./elf.ts";
import { isNeeded } from "./icu-data.ts";
import { architectures } from "./node-binary.ts";
import { writeExecutables } from "./write-executables.ts";

const release = {
  ELEMENTAL_VERSION: "1.2.3",
  ELEMENTAL_COMMIT: "0123456789ab",
  ELEMENTAL_COMMIT_DATE: "2026-01-31T10:20:30Z",
};
const architecture = architectures.find((candidate) => candidate === process.arch) ?? "x64";
const directory = mkdtempSync(join(tmpdir(), "elemental-build-"));
let register: string;

beforeAll(async () => {
  register = (await writeExecutables(join(directory, "first"), architecture, release)).path;
});

afterAll(() => rmSync(directory, { recursive: true }));

test("the same sources give the same bytes, fewer than 100 MB", async () => {
  const second = await writeExecutables(join(directory, "second"), architecture, release);
  expect(readFileSync(second.path).equals(readFileSync(register))).toBe(true);
  expect(second.size).toBeLessThan(100e6);
});

test("the executable is both programs, by the name it is called", () => {
  const line = "version 1.2.3, commit 0123456789ab, commit date 2026-01-31T10:20:30Z\n";
  const support = join(dirname(register), "elemental-support");
  const stderr = (program: string, ...args: string[]) => spawnSync(program, args, { encoding: "utf8" }).stderr;
  expect(stderr(register, "version")).toMatch(new RegExp(`Register ${line}$`));
  expect(stderr(support, "--version")).toMatch(new RegExp(`Support ${line}$`));
});

test("the executable needs no Node and heeds no options meant for it", () => {
  const env = { PATH: "/nonexistent", NODE_OPTIONS: "--no-such-option", TZ: "Asia/Kolkata", LANG: "de_DE.UTF-8" };
  const root = join(directory, "root");
  const args = ["--once", "--registration-url", "https://localhost:1/elemental/registration/t", "--no-smbios"];
  const { status, stderr } = spawnSync(register, [...args, "--emulate-tpm", "--emulated-tpm-seed", "7"], {
    encoding: "utf8",
    env: { ...env, ELEMENTAL_REGISTER_ROOT: root },
  });
  expect(stderr).toMatch(/FATAL: cannot reach localhost/);
  expect(status).toBe(255);
  expect(execFileSync(register, ["--help"], { encoding: "utf8", env })).toMatch(/--registration-url/);
});

test("the executable registers with an emulated TPM and installs, as the sources do", async () => {
  await using system = await liveSystem({ challenge: tpmChallenge, config: "elemental: {install: {reboot: true}}\n" });
  const { lab } = system;
  const args = ["--once", "--install", "--auth", "tpm", "--emulate-tpm", "--emulated-tpm-seed", "9007199254740993"];
  const child = spawn(register, args, { env: { ...lab.env, ELEMENTAL_REGISTER_ROOT: lab.root }, stdio: "pipe" });
  const [stderr, [status]] = await Promise.all([text(child.stderr), once(child, "exit")]);
  expect(stderr).toContain("[ ok ] Elemental install completed");
  expect(status).toBe(0);
  expect(toolkitRecord(lab)?.env).toMatchObject({ ELEMENTAL_INSTALL_TARGET: "/dev/vda", ELEMENTAL_REBOOT: "true" });
  expect(lab.read("tmp/registration/state.yaml")).toContain("emulatedTPMSeed: 9007199254740993\n");
});

test("segments keep their addresses, and none overlaps another in memory or in the file", () => {
  const file = readFileSync(register);
  const loaded = readSegments(file).filter(({ type }) => type === segmentType.load);
  for (const [index, { offset, address, fileSize, memorySize, align }] of loaded.entries()) {
    const next = loaded[index + 1];
    expect((address - offset) % align).toBe(0);
    expect(offset + fileSize).toBeLessThanOrEqual(next?.offset ?? file.length);
    expect(address + memorySize).toBeLessThanOrEqual(next?.address ?? Number.POSITIVE_INFINITY);
  }
});

test("what is no Node is refused", () => {
  expect(() => assembleExecutable(Buffer.from("#!/bin/sh\n"), Buffer.alloc(1))).toThrow("this is no 64-bit ELF file");
});

test.each([
  ["icudt78l/zoneinfo64.res", true],
  ["icudt78l/root.res", true],
  ["icudt78l/en_US.res", true],
  ["icudt78l/coll/ucadata.icu", true],
  ["icudt78l/curr/en.res", true],
  ["icudt78l/de.res", false],
  ["icudt78l/zone/yue_Hans.res", false],
  ["icudt78l/gb18030-2022.cnv", false],
  ["icudt78l/translit/root.res", false],
  ["icudt78l/brkitr/thaidict.dict", false],
])("ICU data %s is kept: %s", (name, kept) => expect(isNeeded(name)).toBe(kept));

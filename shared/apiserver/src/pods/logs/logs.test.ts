import { existsSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { PodLogOptions } from "../../loopback.ts";
import { ContainerLog, rotatedPath } from "./container-log.ts";
import { RecordDecoder, RecordEncoder } from "./format.ts";
import { readLog } from "./read-log.ts";

const whole: PodLogOptions = { follow: false, timestamps: false };
let directory: string;
let path: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "logs-"));
  path = join(directory, "container", "0.log");
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function logOf(...output: string[]): ContainerLog {
  const log = new ContainerLog(path, 1 << 20);
  for (const chunk of output) log.write("stdout", Buffer.from(chunk));
  log.end();
  return log;
}

async function text(chunks: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  for await (const chunk of chunks) parts.push(chunk);
  return Buffer.concat(parts).toString();
}

test("any output comes back byte for byte, however it is cut into chunks", () => {
  const chunk = fc.uint8Array({ maxLength: 40 }).map((bytes) => Buffer.from(bytes.map((b) => (b % 5 ? b : 0x0a))));
  fc.assert(
    fc.property(fc.array(chunk), fc.integer({ min: 1, max: 50 }), (chunks, cut) => {
      const encoder = new RecordEncoder("stdout");
      const now = new Date();
      const stored = Buffer.concat([...chunks.map((c) => encoder.push(c, now)), encoder.end(now)]);
      const decoder = new RecordDecoder();
      const lines = [];
      for (let i = 0; i < stored.length; i += cut) lines.push(...decoder.push(stored.subarray(i, i + cut)));
      lines.push(...decoder.end());
      expect(Buffer.concat(lines.map((l) => l.text))).toEqual(Buffer.concat(chunks));
    }),
  );
});

test("a line of 8 MiB comes back whole", async () => {
  const line = `${"x".repeat(8 << 20)}\n`;
  const log = new ContainerLog(path, 16 << 20);
  for (let i = 0; i < line.length; i += 65_536) log.write("stdout", Buffer.from(line.slice(i, i + 65_536)));
  log.end();
  expect((await text(readLog(path, whole, log))) === line).toBe(true);
});

test("lines of stdout and stderr do not mix within a line", async () => {
  const log = new ContainerLog(path, 1 << 20);
  log.write("stdout", Buffer.from("out "));
  log.write("stderr", Buffer.from("error\n"));
  log.write("stdout", Buffer.from("put\n"));
  log.end();
  expect(await text(readLog(path, whole, log))).toBe("error\nout put\n");
});

test.each<[string, Partial<PodLogOptions>, string]>([
  ["everything", {}, "one\ntwo\nthree\n"],
  ["the last lines", { tailLines: 2 }, "two\nthree\n"],
  ["more lines than there are", { tailLines: 9 }, "one\ntwo\nthree\n"],
  ["no line", { tailLines: 0 }, ""],
  ["the first bytes", { limitBytes: 5 }, "one\nt"],
  ["the first bytes of the last lines", { tailLines: 1, limitBytes: 3 }, "thr"],
])("reads %s", async (_what, options, expected) => {
  const log = logOf("one\ntw", "o\nthree\n");
  expect(await text(readLog(path, { ...whole, ...options }, log))).toBe(expected);
});

test("timestamps are RFC 3339 with nanoseconds before every line", async () => {
  const log = logOf("one\ntwo\n");
  expect(await text(readLog(path, { ...whole, timestamps: true }, log))).toMatch(
    /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z one\n\d{4}-\S+ two\n$/,
  );
});

test("following yields what is written until the container ends", async () => {
  const log = new ContainerLog(path, 1 << 20);
  log.write("stdout", Buffer.from("first\n"));
  const reader = readLog(path, { follow: true, tailLines: 1, timestamps: false }, log);
  expect(Buffer.from((await reader.next()).value).toString()).toBe("first\n");
  const next = reader.next();
  log.write("stdout", Buffer.from("second\n"));
  expect(Buffer.from((await next).value).toString()).toBe("second\n");
  const end = reader.next();
  log.end();
  expect((await end).done).toBe(true);
});

test("the size is capped: the latest output survives rotation", async () => {
  const log = new ContainerLog(path, 4096);
  for (let i = 0; i < 1000; i++) log.write("stdout", Buffer.from(`line ${i}\n`));
  log.end();
  expect(existsSync(rotatedPath(path))).toBe(true);
  expect(statSync(path).size + statSync(rotatedPath(path)).size).toBeLessThanOrEqual(2 * 4096);
  const lines = (await text(readLog(path, whole, log))).trimEnd().split("\n");
  expect(lines.at(-1)).toBe("line 999");
  expect(lines).toEqual(Array.from({ length: lines.length }, (_, i) => `line ${1000 - lines.length + i}`));
});

test("following goes on across a rotation", async () => {
  const log = new ContainerLog(path, 4096);
  log.write("stdout", Buffer.from("start\n"));
  const following = text(readLog(path, { ...whole, follow: true }, log));
  let written = "start\n";
  for (let i = 0; i < 150; i++) {
    log.write("stdout", Buffer.from(`line ${i}\n`));
    written += `line ${i}\n`;
    await new Promise(setImmediate);
  }
  log.end();
  expect(await following).toBe(written);
});

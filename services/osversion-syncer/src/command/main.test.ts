import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { download } from "./download.ts";

const program = fileURLToPath(new URL("main.ts", import.meta.url));
const closers: (() => unknown)[] = [];
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "osversion-syncer-"));
  closers.push(() => rm(directory, { recursive: true }));
});
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener).listen(0, "127.0.0.1");
  closers.push(() => server.close());
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

interface Ended {
  code: number;
  stdout: string;
  stderr: string;
}

function runProgram(args: string[], env: Record<string, string> = {}): Promise<Ended> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...args], { env: { ...process.env, ...env } }, (error, stdout, stderr) => {
      resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
    });
  });
}

describe("the program", () => {
  test("downloads a list and displays it with a line feed", async () => {
    const url = await serve((_request, response) => response.end("[1]"));
    const file = join(directory, "output");
    expect(await runProgram(["download", "--url", url, "--file", file])).toEqual({ code: 0, stdout: "", stderr: "" });
    expect(await runProgram(["display", "--file", file])).toEqual({ code: 0, stdout: "[1]\n", stderr: "" });
  });

  test("D-26 fails on an error page, naming the status but not the secrets of the URL", async () => {
    const url = await serve((_request, response) => response.writeHead(404).end("<html>"));
    const file = join(directory, "output");
    const ended = await runProgram(["download", "--url", `${url}/list.json?token=secret`, "--file", file]);
    expect(ended).toEqual({ code: 255, stdout: "", stderr: `download: GET ${url}/list.json: 404 Not Found\n` });
    expect(await readdir(directory)).toEqual([]);
  });

  test("ends after ELEMENTAL_TIMEOUT", async () => {
    const url = await serve(() => {});
    const ended = await runProgram(["download", "--url", url, "--file", join(directory, "x")], {
      ELEMENTAL_TIMEOUT: "100ms",
    });
    expect(ended).toMatchObject({ code: 255, stderr: `download: GET ${url}/: no complete answer within 0.1 s\n` });
  });

  test("goes through the proxy of its environment", async () => {
    const proxy = await serve((request, response) => response.end(`through ${request.url}`));
    const file = join(directory, "output");
    const env = { HTTP_PROXY: proxy, http_proxy: proxy, NO_PROXY: "", no_proxy: "" };
    expect(await runProgram(["download", "--url", "http://channel.example/list", "--file", file], env)).toMatchObject({
      code: 0,
    });
    expect(await readFile(file, "utf8")).toBe("through http://channel.example/list");
  });

  test.each([
    { args: [], message: /^unknown command "", known: download, display, version$/ },
    { args: ["toString"], message: /^toString: unknown command/ },
    { args: ["download", "--url", "x"], message: /^download: required: --file$/ },
    { args: ["download", "--nope"], message: /^download: Unknown option '--nope'/ },
    { args: ["download", "--url", "ftp://x/y", "--file", "/nonexistent/x"], message: /^download: GET ftp:\/\/x\/y: / },
    { args: ["display", "--file", "/nonexistent"], message: /^display: ENOENT/ },
  ])("exits 255 with one line for $args", async ({ args, message }) => {
    const { code, stdout, stderr } = await runProgram(args, { ELEMENTAL_TIMEOUT: "1s" });
    expect({ code, stdout }).toEqual({ code: 255, stdout: "" });
    expect(stderr.trimEnd()).toMatch(message);
  });
});

describe("download", () => {
  const options = (url: string) => ({ url, file: join(directory, "output"), timeoutMs: 5000, retryDelayMs: 1 });

  test("repeats what may pass three times", async () => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.writeHead(requests === 4 ? 200 : 503).end("late");
    });
    await download(options(url));
    expect(await readFile(options(url).file, "utf8")).toBe("late");
    expect(requests).toBe(4);
  });

  test.each([
    { status: 503, expected: 4 },
    { status: 404, expected: 1 },
  ])("asks $expected times for what answers $status", async ({ status, expected }) => {
    let requests = 0;
    const url = await serve((_request, response) => {
      requests += 1;
      response.writeHead(status).end();
    });
    await expect(download(options(url))).rejects.toThrow(`GET ${url}/: ${status}`);
    expect(requests).toBe(expected);
  });

  test("refuses more than it may keep, and keeps the former file", async () => {
    const url = await serve((_request, response) => response.end("x".repeat(100)));
    await writeFile(options(url).file, "former");
    await expect(download({ ...options(url), maxBytes: 99 })).rejects.toThrow("more than 99 bytes");
    expect(await readdir(directory)).toEqual(["output"]);
    expect(await readFile(options(url).file, "utf8")).toBe("former");
  });
});

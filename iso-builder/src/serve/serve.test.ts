import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { type IncomingMessage, request } from "node:http";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { temporaryDirectory } from "../testing/base-iso.ts";
import { type Program, runProgram, servingAt } from "../testing/program.ts";

const image = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 251));
/** More than sockets buffer, so that a reader who stops holds the download up. */
const large = Buffer.alloc(30_000_000, "large");

let directory: Awaited<ReturnType<typeof temporaryDirectory>>;
let program: Program | undefined;

beforeEach(async () => {
  directory = await temporaryDirectory();
  await writeFile(join(directory.path, "a.iso"), image);
  await writeFile(join(directory.path, "a.iso.sha256"), "digest  a.iso\n");
  await writeFile(join(directory.path, ".a.iso.partial"), "partial");
  await writeFile(join(directory.path, "base.iso"), large);
  await mkdir(join(directory.path, "folder"));
});

afterEach(async () => {
  program?.child.kill("SIGKILL");
  await program?.exited;
  await directory[Symbol.asyncDispose]();
});

async function serve(
  args: string[],
  env: Record<string, string> = { ELEMENTAL_OUTPUT_NAME: "a.iso" },
): Promise<string> {
  const started = runProgram([...args, "-p", "0"], { POD_IP: "127.0.0.1", ...env });
  program = started;
  return servingAt(started);
}

describe("a directory", () => {
  test("CLI-79 parts of the image, several parts, and what is not there", async () => {
    const url = await serve(["-d", directory.path]);
    const part = await fetch(`${url}/a.iso`, { headers: { range: "bytes=0-9" } });
    expect(part.status).toBe(206);
    expect(part.headers.get("content-range")).toBe("bytes 0-9/1000");
    expect(part.headers.get("content-length")).toBe("10");
    expect(Buffer.from(await part.arrayBuffer())).toEqual(image.subarray(0, 10));

    const beyond = await fetch(`${url}/a.iso`, { headers: { range: "bytes=999999999999-" } });
    expect(beyond.status).toBe(416);
    expect(beyond.headers.get("content-range")).toBe("bytes */1000");

    const several = await fetch(`${url}/a.iso`, { headers: { range: "bytes=0-1,998-" } });
    expect(several.status).toBe(206);
    const boundary = /multipart\/byteranges; boundary=(.+)/.exec(several.headers.get("content-type") ?? "")?.[1];
    const parts = Buffer.from(await several.arrayBuffer())
      .toString("latin1")
      .split(`--${boundary}`);
    expect(parts).toHaveLength(4);
    expect(parts[2]).toContain("content-range: bytes 998-999/1000\r\n\r\n");
    expect(parts[3]).toBe("--\r\n");
  });

  test("CLI-79 HEAD gives headers only", async () => {
    const url = await serve(["serve", "-d", directory.path]);
    const head = await fetch(`${url}/a.iso`, { method: "HEAD" });
    expect(head.status).toBe(200);
    expect(head.headers.get("content-length")).toBe("1000");
    expect(head.headers.get("content-disposition")).toBe('attachment; filename="a.iso"');
    expect(await head.text()).toBe("");
  });

  test("has the image and its checksum, and nothing else", async () => {
    const url = await serve(["-d", directory.path]);
    expect(Buffer.from(await (await fetch(`${url}/a.iso`)).arrayBuffer())).toEqual(image);
    expect(await (await fetch(`${url}/a.iso.sha256?query`)).text()).toBe("digest  a.iso\n");
    for (const name of ["base.iso", ".a.iso.partial", "folder", "nothing", "folder/a.iso", "%00"]) {
      expect((await fetch(`${url}/${name}`)).status, name).toBeGreaterThanOrEqual(400);
    }
    const listing = await (await fetch(url)).text();
    expect(listing.match(/href="[^"]+"/g)).toEqual(['href="a.iso"', 'href="a.iso.sha256"']);
  });

  test("CLI-83 an image that is not there yet answers 404", async () => {
    const url = await serve(["-d", directory.path], { ELEMENTAL_OUTPUT_NAME: "later.iso" });
    expect((await fetch(`${url}/later.iso`)).status).toBe(404);
  });

  test("a path that climbs is refused, whatever the client normalizes", async () => {
    const url = await serve(["-d", join(directory.path, "folder")], {});
    for (const path of ["/../a.iso", "/%2e%2e/a.iso", "/x/../../a.iso"]) {
      expect((await get(url, path)).statusCode, path).toBe(400);
    }
  });

  test.each(["POST", "PUT", "DELETE", "OPTIONS"])("%s is not allowed", async (method) => {
    const url = await serve(["-d", directory.path]);
    const response = await fetch(`${url}/a.iso`, { method });
    expect(response.status).toBe(405);
    expect(response.headers.get("allow")).toBe("GET, HEAD");
  });
});

test("CLI-80 a single file answers under every name", async () => {
  const url = await serve(["-d", join(directory.path, "a.iso")]);
  const response = await fetch(`${url}/anything/at/all`);
  expect(Buffer.from(await response.arrayBuffer())).toEqual(image);
  expect(response.headers.get("content-disposition")).toBe('attachment; filename="a.iso"');
});

describe("life time", () => {
  test("CLI-81 at its end new connections are refused, a download under way completes, then exit 0", async () => {
    const url = await serve(["-d", directory.path, "-t", "1"], { ELEMENTAL_OUTPUT_NAME: "base.iso" });
    await expectDrain(url, () => undefined);
  });

  test("SIGTERM drains in the same way", async () => {
    const url = await serve(["-d", directory.path], { ELEMENTAL_OUTPUT_NAME: "base.iso" });
    await expectDrain(url, () => program?.child.kill("SIGTERM"));
  });

  test.each(["0", "-60"])("CLI-81 -t %s runs on until it is told to end", async (lifetime) => {
    const url = await serve(["-d", directory.path, "-t", lifetime]);
    expect((await fetch(`${url}/a.iso`)).status).toBe(200);
    program?.child.kill("SIGTERM");
    expect(await program?.exited).toBe(0);
  });
});

describe("what cannot be served is said in one line", () => {
  test.each([
    ["a missing directory", ["-d", "/nonexistent"], 1, "/nonexistent: there is no such directory or file"],
    ["an address of another machine", ["-p", "1"], 1, "cannot listen on 192.0.2.1:1"],
    ["an unknown flag", ["-x"], 2, "Unknown option '-x'"],
    ["an unknown command", ["fly"], 2, "unknown command fly"],
    ["a port that is no number", ["-p", "http"], 2, "-p needs a whole number"],
  ])("%s", async (_, args, code, message) => {
    program = runProgram(args, { POD_IP: "192.0.2.1" });
    expect(await program.exited).toBe(code);
    expect(program.output()).toContain(message);
  });
});

test("listens where a runner of local processes maps its port", async () => {
  const first = await serve(["-d", directory.path], {});
  const taken = Number(new URL(first).port);
  program?.child.kill("SIGTERM");
  await program?.exited;
  program = runProgram(["-d", directory.path, "-p", "80"], { ELEMENTAL_LISTEN_80: `127.0.0.1:${taken}` });
  await vi.waitFor(async () => expect((await fetch(`${first}/a.iso`)).status).toBe(200), 25_000);
});

/** Begins a download, lets the server end, and expects the whole content nevertheless. */
async function expectDrain(url: string, end: () => void): Promise<void> {
  const download = await get(url, "/base.iso");
  end();
  const probe = async () => (await get(url, "/nothing")).resume();
  await vi.waitFor(() => expect(probe()).rejects.toThrow("ECONNREFUSED"), 25_000);
  let bytes = 0;
  download.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
  });
  await once(download, "end");
  expect(bytes).toBe(large.length);
  expect(await program?.exited).toBe(0);
}

/** A request whose path is sent as it is. */
async function get(url: string, path: string): Promise<IncomingMessage> {
  const { hostname, port } = new URL(url);
  const sent = request({ hostname, port, path, agent: false }).end();
  const [response] = (await once(sent, "response")) as [IncomingMessage];
  return response;
}

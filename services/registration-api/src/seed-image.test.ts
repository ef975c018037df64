import { createHash, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { file, offer, token } from "./testing/seed-image.ts";
import { testDoor } from "./testing/test-door.ts";

const image = randomBytes(300_000);

/** Stands in for the Pod that serves an image: it knows ranges, and says what it was asked. */
async function pod(): Promise<{ port: number; requests: string[] }> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    requests.push(`${request.method} ${request.url} ${JSON.stringify(Object.keys(request.headers).sort())}`);
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? "") ?? [];
    const part = start ? image.subarray(Number(start), Number(end) + 1) : image;
    const range = start ? { "content-range": `bytes ${start}-${end}/${image.length}` } : {};
    response.writeHead(start ? 206 : 200, {
      "content-length": part.length,
      "accept-ranges": "bytes",
      "x-secret": "1",
      ...range,
    });
    response.end(request.method === "HEAD" ? undefined : part);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, requests };
}

async function doorWithImage(serviceAddress?: () => Promise<{ host: string; port: number } | undefined>) {
  const { port, requests } = await pod();
  const door = await testDoor({ serviceAddress: serviceAddress ?? (async () => ({ host: "127.0.0.1", port })) });
  const get = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${door.port}/elemental/seedimage/${path}`, init);
  return { door, get, requests };
}

const success = { status: "True" as const, reason: "SeedImageBuildSuccess" };

describe("seed image downloads", () => {
  test("a file comes whole, from its Pod, as an attachment", async () => {
    const { door, get, requests } = await doorWithImage();
    await offer(door, success);
    await expect.poll(async () => (await get(`${token}/${file}`, { method: "HEAD" })).status).toBe(200);
    const answer = await get(`${token}/${file}`, { headers: { Authorization: "Bearer secret", Cookie: "a=b" } });
    const body = Buffer.from(await answer.arrayBuffer());
    expect(createHash("sha256").update(body).digest("hex")).toBe(createHash("sha256").update(image).digest("hex"));
    expect(answer.headers.get("content-disposition")).toBe(`attachment; filename*=UTF-8''${file}`);
    expect(answer.headers.get("content-length")).toBe("300000");
    expect(answer.headers.has("x-secret")).toBe(false);
    expect(requests.at(-1)).toBe(`GET /${file} ["accept","connection","host"]`);
    expect((await get(`${token}/${file}.sha256`)).status).toBe(200);
  });

  test("ranges pass through", async () => {
    const { door, get } = await doorWithImage();
    await offer(door, success);
    await expect.poll(async () => (await get(`${token}/${file}`, { method: "HEAD" })).status).toBe(200);
    const answer = await get(`${token}/${file}`, { headers: { Range: "bytes=10-19" } });
    expect(answer.status).toBe(206);
    expect(answer.headers.get("content-range")).toBe("bytes 10-19/300000");
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(image.subarray(10, 20));
  });

  test.each([
    ["another file", `${token}/other.iso`],
    ["a directory", `${token}/`],
    ["a path out of it", `${token}/..%2f${file}`],
    ["a deeper path", `${token}/${file}/x`],
    ["another token", `${"c".repeat(54)}/${file}`],
    ["a token of a dot", `./${file}`],
    ["no token", `/${file}`],
  ])("404 for %s", async (_name, path) => {
    const { door, get } = await doorWithImage();
    await offer(door, success);
    await expect.poll(async () => (await get(`${token}/${file}`, { method: "HEAD" })).status).toBe(200);
    expect((await get(path)).status).toBe(404);
  });

  test("only GET and HEAD", async () => {
    const { get } = await doorWithImage();
    expect((await get(`${token}/${file}`, { method: "DELETE" })).status).toBe(405);
  });

  test("404 before it is built, 410 after its lifetime", async () => {
    const building = await doorWithImage();
    await offer(building.door, { status: "False", reason: "SeedImageBuildOngoing" });
    expect((await building.get(`${token}/${file}`)).status).toBe(404);
    const over = await doorWithImage();
    await offer(over.door, { status: "True", reason: "SeedImageBuildDeadline" }, { downloadURL: "", checksumURL: "" });
    await expect.poll(async () => (await over.get(`${token}/${file}`)).status).toBe(410);
  });

  test("503 when its Pod cannot be reached", async () => {
    for (const address of [undefined, { host: "127.0.0.1", port: 1 }]) {
      const { door, get } = await doorWithImage(async () => address);
      await offer(door, success);
      await expect.poll(async () => (await get(`${token}/${file}`)).status).toBe(503);
    }
  });
});

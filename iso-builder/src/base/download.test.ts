import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryDirectory } from "../testing/base-iso.ts";
import { serving } from "../testing/web-server.ts";
import { type DownloadLimits, download } from "./download.ts";

const limits: DownloadLimits = { maxBytes: 1000, idleMs: 5000, attempts: 3, retryMs: 1 };

test("follows redirects and takes the content as it is", async () => {
  await using directory = await temporaryDirectory();
  const to = join(directory.path, "file");
  await using server = await serving((request, response) => {
    if (request.url === "/a") response.writeHead(302, { location: "/b" }).end();
    else
      response
        .writeHead(200, { etag: '"1"', "last-modified": "yesterday" })
        .end(`${request.headers["accept-encoding"]}`);
  });
  const result = await download({ url: `${server.url}/a`, to, limits });
  expect(result).toEqual({ changed: true, bytes: 8, validators: { etag: '"1"', lastModified: "yesterday" } });
  expect(await readFile(to, "utf8")).toBe("identity");
});

test.each([503, 500, 429, 408])("tries again after %i", async (status) => {
  await using directory = await temporaryDirectory();
  let requests = 0;
  await using server = await serving((_, response) => {
    requests += 1;
    response.writeHead(requests < 3 ? status : 200).end("content");
  });
  await download({ url: server.url, to: join(directory.path, "file"), limits });
  expect(requests).toBe(3);
});

test("starts anew after a connection that breaks in the middle", async () => {
  await using directory = await temporaryDirectory();
  const to = join(directory.path, "file");
  let requests = 0;
  await using server = await serving((_, response) => {
    requests += 1;
    response.writeHead(200, { "content-length": 7 });
    if (requests < 3) response.write("con", () => response.destroy());
    else response.end("content");
  });
  await download({ url: server.url, to, limits });
  expect(await readFile(to, "utf8")).toBe("content");
});

test.each([
  [404, "", { code: "BaseRefused", message: "the server answered 404: check spec.baseImage" }],
  [200, "x".repeat(1001), { code: "BaseRefused", message: "is larger than 1000 bytes: raise spec.size" }],
  [503, "", { code: "BaseUnavailable", message: "the server answered 503 (tried 3 times)" }],
])("fails after %i", async (status, content, { code, message }) => {
  await using directory = await temporaryDirectory();
  await using server = await serving((_, response) => response.writeHead(status).end(content));
  const failed = download({ url: server.url, to: join(directory.path, "file"), limits });
  await expect(failed).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
});

test.each(["before its answer", "in the middle of it"])("gives up on a server that is silent %s", async (when) => {
  await using directory = await temporaryDirectory();
  await using server = await serving((_, response) => {
    if (when === "in the middle of it") response.writeHead(200).write("con");
  });
  const quick = { ...limits, attempts: 1, idleMs: 100 };
  const failed = download({ url: server.url, to: join(directory.path, "file"), limits: quick });
  await expect(failed).rejects.toThrow("silent for 100 ms");
});

test("says why nobody can be reached", async () => {
  const failed = download({ url: "http://127.0.0.1:1/base.iso", to: "/dev/null", limits });
  await expect(failed).rejects.toThrow(/ECONNREFUSED|bad port/);
});

import { createHash } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { reasons } from "@elemental/api";
import { expect, onTestFinished, test } from "vitest";
import { file, offer, token } from "../testing/seed-image.ts";
import { PATH } from "../testing/test-door.ts";
import { begin, get, openTunnel, soon } from "./testing/tunnel-door.ts";
import { messageType } from "./wire/message.ts";

const MIB = 1024 * 1024;
const IMAGE_MIB = 100;
const IMAGE_PATH = `/elemental/seedimage/${token}/${file}`;

function* parts(): Generator<Buffer> {
  for (let index = 0; index < IMAGE_MIB; index++) yield Buffer.alloc(MIB, `part ${index} `);
}

/** Stands in for the Pod that serves an image of 100 MiB; it makes each part when it is wanted. */
async function pod(): Promise<number> {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-length": IMAGE_MIB * MIB });
    pipeline(Readable.from(parts()), response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

async function doorWithImage() {
  const port = await pod();
  // A stalled download would hold up the end of the test.
  const changes = { drainMs: 50 };
  const { door, through } = await openTunnel(
    "mac",
    { serviceAddress: async () => ({ host: "127.0.0.1", port }) },
    changes,
  );
  await offer(door, { status: "True", reason: reasons.seedImage.buildSuccess });
  await soon(async () =>
    expect((await fetch(`http://127.0.0.1:${door.port}${IMAGE_PATH}`, { method: "HEAD" })).status).toBe(200),
  );
  return through;
}

test("TUN-7 a reader that stops is sent little more than it can hold; when it goes on, the image is whole", async () => {
  const through = await doorWithImage();
  const connection = through.open();
  const answer = await begin(connection, IMAGE_PATH);
  await soon(() => expect(connection.readableLength).toBeGreaterThan(2 * MIB));
  // Others are served meanwhile. What the kernel held when the pause arrived has come in, and no more.
  for (let count = 0; count < 10; count++) expect((await get(through.open(), PATH)).status).toBe(200);
  expect(through.bytesOf(2)).toBeLessThan(20 * MIB);
  const hash = createHash("sha256");
  for await (const chunk of answer) {
    hash.update(chunk);
    await turn();
  }
  const whole = createHash("sha256");
  for (const part of parts()) whole.update(part);
  expect(hash.digest("hex")).toBe(whole.digest("hex"));
});

test("TUN-8 of fifty connections one is stalled; the others are served", async () => {
  const through = await doorWithImage();
  const stalled = through.open();
  await begin(stalled, IMAGE_PATH);
  await soon(() => expect(stalled.readableLength).toBeGreaterThan(2 * MIB));
  const others = await Promise.all(Array.from({ length: 49 }, () => get(through.open(), PATH)));
  expect(others.map(({ status }) => status)).toEqual(Array(49).fill(200));
});

test("TUN-10 Rancher gives up in the middle of a download: the connection is gone", async () => {
  const through = await doorWithImage();
  const connection = through.open();
  await begin(connection, IMAGE_PATH);
  await soon(() => expect(connection.readableLength).toBeGreaterThan(2 * MIB));
  through.send(2, messageType.error, "client went away");
  through.send(2, messageType.data, "more");
  const errors = () =>
    through.received.filter(({ type }) => type === messageType.error).map(({ body }) => body.toString());
  await soon(() => expect(errors()).toEqual(["connection not found 2"]));
});

import { connect } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { tell } from "./testing/register.ts";
import { auth, doorFor, PATH } from "./testing/test-door.ts";

describe("overload", () => {
  test("H6 too many conversations: 503 and when to come back, before anything is written", async () => {
    const door = await doorFor(auth("mac"), { limits: { conversations: 2 } });
    const [first] = [await door.negotiated(), await door.negotiated()];
    const answer = await (await door.plain()).answer();
    expect(answer).toMatchObject({ status: 503, body: "the server is busy, try again later (Busy)\n" });
    expect(Number(answer.headers["retry-after"])).toBeGreaterThanOrEqual(2);
    expect(await door.inventories()).toEqual([]);
    expect(await tell(first)).toMatch(/^elemental:/);
    first.destroy();
    await expect.poll(async () => (await (await door.plain()).answer()).status).toBe(101);
  });

  test("H6 too many requests from one address: 429, and other addresses are not concerned", async () => {
    const door = await doorFor(auth("mac"), { limits: { perAddress: { perSecond: 0.01, burst: 2 } } });
    const from = async (address: string) => {
      const headers = { Host: "x", "X-Forwarded-For": address };
      return (await RawClient.request(door.port, { path: PATH, headers })).answer();
    };
    const statuses = [
      await from("192.0.2.1"),
      await from("192.0.2.1"),
      await from("192.0.2.1"),
      await from("192.0.2.2"),
    ];
    expect(statuses.map(({ status }) => status)).toEqual([200, 200, 429, 200]);
    expect(Number(statuses[2]?.headers["retry-after"])).toBeGreaterThan(0);
  });

  test("H6 handshakes of one registration are limited", async () => {
    const door = await doorFor(auth("mac"), { limits: { perRegistration: { perSecond: 0.01, burst: 1 } } });
    expect((await (await door.plain()).answer()).status).toBe(101);
    expect((await (await door.plain()).answer()).status).toBe(429);
  });

  test("what all conversations send is bounded: the largest is ended, the others are not", async () => {
    const door = await doorFor(auth("mac"), { maxConversationBytes: 2_000_000 });
    const small = await door.negotiated();
    const large = await door.negotiated();
    // The beginning of one frame of 4 MB that never ends.
    large.write(Buffer.from("82ff00000000003d0900", "hex"));
    large.write(Buffer.alloc(3_000_000));
    await large.ended();
    expect(await tell(small)).toMatch(/^elemental:/);
  });
});

test("a request that is no HTTP is answered and closed", async () => {
  const door = await doorFor();
  const socket = connect(door.port, "127.0.0.1");
  onTestFinished(() => void socket.destroy());
  const text = await new Promise<string>((resolve) => {
    let received = "";
    socket.on("data", (chunk) => {
      received += chunk;
    });
    socket.on("close", () => resolve(received));
    socket.write("\u0016\u0003\u0001 nonsense\r\n\r\n");
  });
  expect(text).toMatch(/^HTTP\/1.1 400 /);
  expect((await (await door.plain()).answer()).status).toBe(101);
});

describe("closing", () => {
  test("a machine that was admitted is finished, new ones are not taken", async () => {
    const door = await doorFor();
    const client = await door.negotiated();
    const closed = door.close();
    expect(await tell(client)).toMatch(/^elemental:/);
    client.destroy();
    await closed;
    await expect(RawClient.request(door.port, { path: PATH })).rejects.toThrow("ECONNREFUSED");
  });
});

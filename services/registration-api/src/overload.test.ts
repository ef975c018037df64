import { generateKeyPairSync } from "node:crypto";
import { connect } from "node:net";
import { certificateFor, makeAuthority } from "@elemental/tpm/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { RawClient } from "./testing/raw-client.ts";
import { json, tell } from "./testing/register.ts";
import { auth, doorFor, PATH, testDoor } from "./testing/test-door.ts";

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
    const door = await doorFor(auth("mac"), { maxReceivedBytes: 2_000_000 });
    const small = await door.negotiated();
    const large = await door.negotiated();
    // The beginning of one frame of 4 MB that never ends.
    large.write(Buffer.from("82ff00000000003d0900", "hex"));
    large.write(Buffer.alloc(3_000_000));
    await large.ended();
    expect(await tell(small)).toMatch(/^elemental:/);
  });
});

describe("time and size of a connection", () => {
  const silent = async (port: number, text = "") => {
    const client = await RawClient.connect(port);
    client.write(text);
    await client.ended();
  };

  test("H6 who connects and says nothing, or never ends a head, is closed; others are served", async () => {
    const door = await doorFor(auth("mac"), { deadlines: { requestMs: 100 } });
    const client = await door.negotiated();
    await Promise.all([silent(door.port), silent(door.port, "GET / HTTP/1.1\r\nX-Slow: ")]);
    expect(await tell(client)).toMatch(/^elemental:/);
  });

  test("H6 a head that comes byte by byte has no longer than another", async () => {
    const door = await doorFor(auth("mac"), { deadlines: { requestMs: 100 } });
    const client = await RawClient.connect(door.port);
    client.write("GET / HTTP/1.1\r\nX-Slow: ");
    const drip = setInterval(() => client.write("x"), 10);
    onTestFinished(() => clearInterval(drip));
    await client.ended();
  });

  test("H6 between requests a connection ends when it was idle for long", async () => {
    const door = await doorFor(auth("mac"), { deadlines: { keepAliveMs: 100 } });
    const client = await RawClient.request(door.port, { path: PATH, headers: { Host: "x" } });
    expect((await client.answer()).status).toBe(200);
    await client.ended();
  });

  test("H6 a TLS handshake that is not made is ended", async () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const authority = await makeAuthority("CN=Door");
    const { pem: cert } = await certificateFor(publicKey, { issuer: authority, subject: "CN=localhost" });
    const key = privateKey.export({ type: "pkcs8", format: "pem" }) as string;
    const door = await testDoor({ tls: { cert, key }, deadlines: { requestMs: 100 } });
    await silent(door.port);
  });

  test("H6 a head over 64 KiB is refused", async () => {
    const door = await doorFor();
    const client = await RawClient.request(door.port, { path: PATH, headers: { "X-Long": "x".repeat(70_000) } });
    expect((await client.answer()).status).toBe(431);
    await client.ended();
  });

  test("H6 a frame of 1 GB is refused by its head, and whoever goes on sending is cut off", async () => {
    const door = await doorFor();
    const client = await door.negotiated();
    client.write(Buffer.from("82ff000000003b9aca0000000000", "hex"));
    client.write(Buffer.alloc(100_000));
    expect(await client.closed({ stay: true })).toBe("1009 ");
    await client.ended();
  });

  test("H6 a message of thousands of fragments is refused, one of 1024 is not", async () => {
    const door = await doorFor();
    const client = await door.negotiated();
    const message = json(9, { text: "x".repeat(5000) });
    client.send(message, { fragments: 1024 });
    expect((await client.message()).toString("hex")).toBe("01");
    client.send(message, { fragments: 3000 });
    expect(await client.closed()).toMatch(/^100[89] /);
  });

  test("H6 a whole conversation has 16 MiB", async () => {
    const door = await doorFor();
    const client = await door.negotiated();
    const message = json(9, { text: "x".repeat(4_190_000) });
    for (let i = 0; i < 3; i++) {
      client.send(message);
      expect((await client.message()).toString("hex")).toBe("01");
    }
    client.send(json(3, { text: "x".repeat(4_190_000) }));
    await client.message();
    client.send(json(11, { text: "x".repeat(100_000) }));
    expect(await client.closed()).toContain("conversation too large");
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

import type { Duplex } from "node:stream";
import { describe, expect, onTestFinished, test } from "vitest";
import { WebSocket } from "ws";
import { FakeRancher, type RancherSession } from "../testing/rancher.ts";
import { session as sessionOf, soon } from "../testing/tunnel-door.ts";
import { messageType } from "../wire/message.ts";
import { defaultPace, Session, type SessionPace } from "./session.ts";

interface Pair {
  session: Session;
  rancher: RancherSession;
  connections: Duplex[];
}

/** Both ends of a session; connections are only collected. */
async function pair(pace: Partial<SessionPace> = {}): Promise<Pair> {
  const fake = await FakeRancher.start();
  const socket = new WebSocket(fake.url.replace("http", "ws"));
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const connections: Duplex[] = [];
  const session = new Session(socket, (connection) => connections.push(connection), { ...defaultPace, ...pace });
  onTestFinished(() => session.end("test over"));
  return { session, rancher: await sessionOf(fake), connections };
}

const texts = ({ received }: RancherSession) =>
  received.map(({ connection, type, body }) => [connection, type, body.toString()]);

test("TUN-9 Data for an unknown connection is answered by an Error, and the session lives", async () => {
  const { rancher, connections } = await pair();
  rancher.send(9, messageType.data, "hello");
  await soon(() => expect(texts(rancher)).toEqual([[9, messageType.error, "connection not found 9"]]));
  rancher.send(10, messageType.connect, "tcp/x:80");
  await soon(() => expect(connections).toHaveLength(1));
});

test("T3 a Connect without an address ends that connection, not the session", async () => {
  const { rancher, connections } = await pair();
  rancher.send(2, messageType.connect, "nonsense");
  rancher.send(3, messageType.connect, `tcp/${"x".repeat(300)}`);
  rancher.send(4, messageType.connect, "tcp/x:80");
  await soon(() => expect(connections).toHaveLength(1));
  expect(texts(rancher)).toEqual([
    [2, messageType.error, "not an address"],
    [3, messageType.error, "not an address"],
  ]);
});

test("the local end's end is one Error EOF after its last Data", async () => {
  const { rancher, connections } = await pair();
  rancher.send(2, messageType.connect, "tcp/x:80");
  await soon(() => expect(connections).toHaveLength(1));
  connections[0]?.end("bye");
  await soon(() => expect(texts(rancher)).toHaveLength(2));
  rancher.send(2, messageType.error, "EOF");
  rancher.send(3, messageType.data, "sentinel");
  await soon(() =>
    expect(texts(rancher)).toEqual([
      [2, messageType.data, "bye"],
      [2, messageType.error, "EOF"],
      [3, messageType.error, "connection not found 3"],
    ]),
  );
});

test("TUN-10 SyncConnections lists what is open, and no longer what the other end closed", async () => {
  const { rancher, connections } = await pair({ syncMs: 20 });
  rancher.send(2, messageType.connect, "tcp/x:80");
  rancher.send(3, messageType.connect, "tcp/x:80");
  const lists = () => rancher.received.filter(({ type }) => type === messageType.syncConnections);
  const both = "02000000000000000300000000000000";
  await soon(() => expect(lists().at(-1)?.body.toString("hex")).toBe(both));
  rancher.send(2, messageType.error, "gone");
  await soon(() => expect(lists().at(-1)?.body.toString("hex")).toBe("0300000000000000"));
  expect(lists().at(-1)?.connection).toBe(0);
  expect(connections[0]?.destroyed).toBe(true);
  expect(rancher.received.filter(({ type }) => type === messageType.error)).toEqual([]);
});

test("T4 who is asked to pause and does not is cut off, alone", async () => {
  const { rancher, connections } = await pair();
  rancher.send(2, messageType.connect, "tcp/x:80");
  rancher.send(3, messageType.connect, "tcp/x:80");
  for (let sent = 0; sent < 20; sent++) rancher.send(2, messageType.data, Buffer.alloc(1024 * 1024));
  await soon(() => expect(connections[0]?.destroyed).toBe(true));
  await soon(() => expect(texts(rancher)).toContainEqual([2, messageType.error, "connection reset"]));
  expect(texts(rancher)).toContainEqual([2, messageType.pause, ""]);
  expect(connections[1]?.destroyed).toBe(false);
});

test("a reader that catches up lets the other end go on", async () => {
  const { rancher, connections } = await pair();
  rancher.send(2, messageType.connect, "tcp/x:80");
  for (let sent = 0; sent < 3; sent++) rancher.send(2, messageType.data, Buffer.alloc(1024 * 1024));
  await soon(() => expect(texts(rancher)).toEqual([[2, messageType.pause, ""]]));
  connections[0]?.resume();
  await soon(() => expect(texts(rancher).at(-1)).toEqual([2, messageType.resume, ""]));
});

describe("TUN-13 ends the session", () => {
  test.each([
    ["a text message", (rancher: RancherSession) => rancher.socket.send("text")],
    ["a truncated number", (rancher: RancherSession) => rancher.socket.send(Buffer.from("8080", "hex"))],
    [
      "a connection that begins twice",
      (rancher: RancherSession) => {
        rancher.send(2, messageType.connect, "tcp/x:80");
        rancher.send(2, messageType.connect, "tcp/x:80");
      },
    ],
  ])("%s, and all its connections", async (_name, act) => {
    const { session, rancher, connections } = await pair();
    rancher.send(7, messageType.connect, "tcp/x:80");
    await soon(() => expect(connections).toHaveLength(1));
    act(rancher);
    expect(await session.over).toMatch(/text message|cut off|began twice/);
    expect(connections[0]?.destroyed).toBe(true);
    await rancher.closed;
  });
});

test("TUN-11 a silent server ends the session", async () => {
  const { session, rancher } = await pair({ silenceMs: 300, pingMs: 50 });
  rancher.socket.pause();
  expect(await session.over).toBe("no sign of life for 0.3 s");
});

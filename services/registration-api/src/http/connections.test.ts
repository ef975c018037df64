import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import { MemoryGuard } from "../admission/memory-guard.ts";
import { boundConnections, type ConnectionExcess, type ConnectionLimits } from "./connections.ts";
import { connectionsByFileLimit } from "./file-limit.ts";

const timeout = 10_000;

interface Scene {
  excess: ConnectionExcess[];
  guard: MemoryGuard;
  open(): Promise<Socket>;
}

async function scene(limits: Partial<ConnectionLimits>, maxBytes = 1_000_000): Promise<Scene> {
  const server = createServer((_request, response) => void response.end("answer"));
  const excess: ConnectionExcess[] = [];
  const guard = new MemoryGuard(maxBytes);
  boundConnections(server, {
    limits: { connections: 100, connectionsPerAddress: 100, ...limits },
    guard,
    peerAddress: () => "192.0.2.1",
    readable: "connection",
    onExcess: (one) => void excess.push(one),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    guard.stop();
    server.closeAllConnections();
    server.close();
  });
  return {
    excess,
    guard,
    async open() {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.on("error", () => {});
      onTestFinished(() => void socket.destroy());
      await once(socket, "connect");
      return socket.resume();
    },
  };
}

const ended = (socket: Socket) => once(socket, "close");

describe("connections at once", () => {
  test("H6 are bounded in all", async () => {
    const { excess, open } = await scene({ connections: 2 });
    const first = await open();
    await open();
    await ended(await open());
    expect(excess).toEqual(["connections"]);
    expect(first.destroyed).toBe(false);
  });

  test("H6 are bounded from one address, and make room when they end", async () => {
    const { excess, open } = await scene({ connectionsPerAddress: 1 });
    const first = await open();
    await ended(await open());
    expect(excess).toEqual(["connectionsPerAddress"]);
    first.destroy();
    await expect
      .poll(
        async () => {
          const socket = await open();
          socket.write("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
          return Promise.race([once(socket, "data").then(() => "served"), ended(socket).then(() => "ended")]);
        },
        { timeout },
      )
      .toBe("served");
  });
});

describe("what unfinished requests hold", () => {
  const head = (bytes: number) => `GET / HTTP/1.1\r\nX-Long: ${"x".repeat(bytes)}`;

  test("H6 is bounded in all: the largest is ended", async () => {
    const { guard, open } = await scene({}, 10_000);
    const [small, large] = [await open(), await open()];
    small.write(head(3000));
    large.write(head(8000));
    const closed = ended(large);
    await expect
      .poll(
        () => {
          guard.check();
          return large.destroyed;
        },
        { timeout },
      )
      .toBe(true);
    await closed;
    expect(small.destroyed).toBe(false);
  });

  test("does not count what was answered", async () => {
    const { guard, open } = await scene({}, 10_000);
    const socket = await open();
    for (let i = 0; i < 5; i++) {
      socket.write(`${head(4000)}\r\nHost: x\r\n\r\n`);
      await once(socket, "data");
      guard.check();
    }
    expect(socket.destroyed).toBe(false);
  });
});

test.each([
  ["Max open files            1024                 4096                 files     \n", 768],
  ["Max open files            100                  100                  files     \n", 1],
  ["Max open files            unlimited            unlimited            files     \n", Number.POSITIVE_INFINITY],
  ["", Number.POSITIVE_INFINITY],
])("of %j as many are left for connections as %d", (limits, connections) => {
  expect(connectionsByFileLimit(limits)).toBe(connections);
});

test("this system's limit is read", () => {
  expect(connectionsByFileLimit()).toBeGreaterThan(0);
});

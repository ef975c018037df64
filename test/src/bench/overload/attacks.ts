import { randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { plainAuthorization } from "@elemental/protocol";

export interface Target {
  port: number;
  /** Of the registration. */
  path: string;
}

/** What one connection of an attack does once it is there; the result ends it. */
type Behaviour = (socket: Socket, target: Target) => (() => void) | undefined;

/** A piece of a frame, and how often a slow client sends a byte. */
const chunk = Buffer.alloc(64 * 1024);
const dripMs = 1000;

const upgradeHead = ({ path }: Target) =>
  [
    `GET ${path} HTTP/1.1`,
    "Host: bench",
    "Connection: Upgrade",
    "Upgrade: websocket",
    "Sec-WebSocket-Version: 13",
    `Sec-WebSocket-Key: ${randomBytes(16).toString("base64")}`,
    `Authorization: ${plainAuthorization(`bench-${randomBytes(8).toString("hex")}`)}`,
    "\r\n",
  ].join("\r\n");

/** Sends the beginning of a frame of 1 GB, then goes on as fast as it is taken. */
function sendHugeFrame(socket: Socket): void {
  socket.write(Buffer.from("82ff000000003b9aca0000000000", "hex"));
  const fill = () => {
    while (!socket.destroyed && socket.write(chunk));
  };
  socket.on("drain", fill);
  fill();
}

/** Ways to keep a door busy without registering. */
export const attacks = {
  silent: () => undefined,
  idle: (socket, { path }) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\n\r\n`);
    return undefined;
  },
  slowLoris: (socket, { path }) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nX-Slow: `);
    const timer = setInterval(() => socket.write("x"), dripMs);
    return () => clearInterval(timer);
  },
  largeHeads: (socket, { path }) => {
    socket.write(`GET ${path} HTTP/1.1\r\nHost: bench\r\nX-Large: ${"x".repeat(60_000)}`);
    return undefined;
  },
  silentConversations: (socket, target) => {
    socket.write(upgradeHead(target));
    return undefined;
  },
  hugeFrames: (socket, target) => {
    socket.write(upgradeHead(target));
    socket.once("data", (answer) => {
      if (answer.toString("latin1", 0, 12) === "HTTP/1.1 101") sendHugeFrame(socket);
    });
    return undefined;
  },
} as const satisfies Record<string, Behaviour>;

export type AttackName = keyof typeof attacks;

export interface Attack {
  /** The most connections that were open at once. */
  mostOpen: number;
  /** First bytes of the first answer -> connections that got it, e.g. `HTTP/1.1 503`. */
  answers: Record<string, number>;
  /** Resolves when as many connections as wanted are open, or cannot be had. */
  begun: Promise<unknown>;
  /** Opens no more. Resolves to the seconds until the door had ended the last one; undefined when it had not by then. */
  end(deadlineMs: number): Promise<number | undefined>;
}

/** Connections are made at a rate that a listening socket takes. */
const stepMs = 20;
const perStep = 40;
/** Most attacks never have all their connections: the door ends the first before the last is made. */
const beginDeadlineMs = 30_000;

/** Keeps `count` connections open, from a loopback address of their own, until `end` is called. */
export function attack(name: AttackName, target: Target, count: number): Attack {
  const localAddress = `127.1.${Object.keys(attacks).indexOf(name)}.1`;
  const sockets = new Set<Socket>();
  const complete = Promise.withResolvers<void>();
  const begun = Promise.race([complete.promise, delay(beginDeadlineMs, undefined, { ref: false })]);
  const running: Attack = { mostOpen: 0, answers: {}, begun, end };
  let open = 0;
  const connectOne = () => {
    const socket = connect({ host: "127.0.0.1", port: target.port, localAddress });
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.once("connect", () => {
      running.mostOpen = Math.max(running.mostOpen, ++open);
      socket.once("close", () => open--);
      if (open === count) complete.resolve();
    });
    begin(socket, { behave: attacks[name], target, answers: running.answers });
  };
  const timer = setInterval(() => {
    for (let i = 0; i < perStep && sockets.size < count; i++) connectOne();
  }, stepMs);
  return running;

  async function end(deadlineMs: number): Promise<number | undefined> {
    clearInterval(timer);
    const start = performance.now();
    while (sockets.size > 0 && performance.now() - start < deadlineMs) await delay(100);
    const ended = sockets.size === 0;
    for (const socket of sockets) socket.destroy();
    return ended ? (performance.now() - start) / 1000 : undefined;
  }
}

interface Beginning {
  behave: Behaviour;
  target: Target;
  answers: Record<string, number>;
}

function begin(socket: Socket, { behave, target, answers }: Beginning): void {
  let end: (() => void) | undefined;
  socket.once("connect", () => {
    end = behave(socket, target);
  });
  socket.once("data", (data) => {
    const answer = data.toString("latin1", 0, 12);
    answers[answer] = (answers[answer] ?? 0) + 1;
  });
  socket.on("error", () => {});
  socket.once("close", () => end?.());
  socket.resume();
}

import { MessageType } from "@elemental/protocol";
import { expect, test } from "vitest";
import { ClientError } from "../errors.ts";
import { createLog } from "../output/log.ts";
import { createLab, liveSystem, startScriptedServer } from "../testing/index.ts";
import { retryDelay, withRetries } from "./retry.ts";

const unreachable = (retryAfterMs?: number) =>
  new ClientError("Unreachable", "not yet", retryAfterMs === undefined ? {} : { retryAfterMs });

/** A clock that moves only when someone waits. */
function patience(budgetMs: number) {
  let time = 0;
  const waits: number[] = [];
  const options = {
    budgetMs,
    log: createLog({ format: "text", debug: false, write: () => {} }),
    random: () => 1,
    now: () => time,
    wait: async (ms: number) => {
      waits.push(ms);
      time += ms;
    },
  };
  return { waits, options };
}

test("H6 delays double up to a minute, half of them random, never below what the server asked for", () => {
  expect([1, 2, 3, 7, 20].map((attempt) => retryDelay(attempt, undefined, 1))).toEqual([
    1000, 2000, 4000, 60000, 60000,
  ]);
  expect(retryDelay(1, undefined, 0)).toBe(500);
  expect(retryDelay(1, 7000, 0)).toBe(7500);
  expect(retryDelay(1, 86_400_000, 1)).toBe(301_000);
});

test("what may pass by itself is tried again until it works", async () => {
  const { waits, options } = patience(300_000);
  let left = 3;
  const attempt = async () => {
    left -= 1;
    if (left > 0) throw unreachable(left === 2 ? 5000 : undefined);
    return "done";
  };
  expect(await withRetries(attempt, options)).toBe("done");
  expect(waits).toEqual([6000, 2000]);
});

test("when the budget is used up the last failure is reported", async () => {
  const { waits, options } = patience(5_000);
  await expect(withRetries(() => Promise.reject(unreachable()), options)).rejects.toThrow("not yet");
  expect(waits).toEqual([1000, 2000, 4000]);
});

test.each([
  ["a refusal", new ClientError("Refused", "no"), 300_000],
  ["anything else", new Error("bug"), 300_000],
  ["a failure without budget", unreachable(), 0],
])("%s is final", async (_name, error, budget) => {
  const { waits, options } = patience(budget);
  await expect(withRetries(() => Promise.reject(error), options)).rejects.toBe(error);
  expect(waits).toEqual([]);
});

test.each([503, 429, 408])(
  "H6 a server that is too busy is asked again (%d); state and toolkit see one registration",
  async (busy) => {
    const server = await startScriptedServer({
      refuse: { status: busy, body: "full\n", headers: { "Retry-After": "0" } },
    });
    using lab = createLab();
    const running = lab.run("--auth", "mac", "--registration-url", server.url);
    await expect.poll(() => server.attempts, { timeout: 10_000 }).toBeGreaterThan(0);
    delete server.script.refuse;
    const { status, stderr } = await running;
    await server.close();
    expect(status).toBe(0);
    expect(stderr).toMatch(/W.*\[wait\] websocket: bad handshake \(Status: \d+ Refused\): full; trying again in \d+ s/);
    expect(server.exchanges).toHaveLength(1);
  },
);

test("a server that is killed in the middle is asked again, one that refuses an identity is not", async () => {
  let kills = 1;
  const answer = (type: number, _payload: Buffer, socket: { terminate(): void }) => {
    if (type !== MessageType.Annotations || kills === 0) return undefined;
    kills -= 1;
    socket.terminate();
    return "nothing" as const;
  };
  await using system = await liveSystem({ answer });
  const { lab, server } = system;
  const { status, stderr } = await lab.run();
  expect(status).toBe(0);
  expect(stderr).toMatch(/W.*\[wait\] the (server dropped the connection|connection broke).*; trying again in \d+ s/);
  expect(server.exchanges).toHaveLength(2);

  server.script.drops = true;
  const refused = await lab.run();
  expect(refused.status).toBe(255);
  expect(refused.stderr).toContain("it may not accept this machine's identity");
  expect(server.exchanges).toHaveLength(3);
});

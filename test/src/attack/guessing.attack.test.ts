import { RawClient } from "@elemental/registration-api/testing";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { knock, refusedAs } from "./knock.ts";
import { byMac, forTpms } from "./machines.ts";
import { type AttackedSystem, startSystem, type Target } from "./system.ts";

const burst = 60;

let system: AttackedSystem;
let target: Target;
beforeAll(async () => {
  const limits = { perAddress: { perSecond: 1, burst } };
  system = await startSystem(inject("kubeconfig"), { limits, trustedProxies: ["127.0.0.1"] });
  target = await system.open(forTpms());
});
afterAll(() => system?.stop());

const token = () => target.path.split("/").at(-1) ?? "";

/** Each guesser has an address of its own: limits are by address. */
async function guesses(address: string, tokens: string[]) {
  const answers = [];
  for (const one of tokens) {
    const client = await RawClient.request(system.port, {
      path: `/elemental/registration/${one}`,
      headers: { Host: "test", "X-Forwarded-For": address },
    });
    const { status, body, headers } = await client.answer();
    client.destroy();
    answers.push({ status, body, headers: Object.keys(headers).sort(), retryAfter: headers["retry-after"] });
  }
  return answers;
}

test("near misses of the token are answered like any other guess, byte for byte: refused as NotFound", async () => {
  const right = token();
  const misses = [
    "bcdfghjkl",
    `${right.slice(0, -1)}${right.endsWith("b") ? "c" : "b"}`,
    `${right.startsWith("b") ? "c" : "b"}${right.slice(1)}`,
    right.slice(0, -1),
    `${right}b`,
    right.toUpperCase(),
    "__proto__",
    "constructor",
    "%00",
  ];
  const answers = await system.unharmed(target, () => guesses("192.0.2.1", misses));
  expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  expect(answers[0]).toMatchObject({ status: 404, body: expect.stringMatching(refusedAs("NotFound")) });
});

test("who guesses on is limited, by document and by upgrade alike: refused as TooManyRequests", async () => {
  await system.unharmed(target, async () => {
    const tokens = Array.from({ length: burst + 20 }, (_, index) => `guess-${index}`);
    const answers = await guesses("192.0.2.2", tokens);
    const limited = answers.filter(({ status }) => status === 429);
    expect(limited.length).toBeGreaterThan(10);
    expect(limited[0]?.body).toMatch(refusedAs("TooManyRequests"));
    expect(Number(limited[0]?.retryAfter)).toBeGreaterThan(0);
    const headers = { Authorization: byMac.authorization, "X-Forwarded-For": "192.0.2.2" };
    const upgrade = await RawClient.upgradeWith(system.port, { path: target.path, headers });
    expect((await upgrade.answer()).status).toBe(429);
  });
  expect(await knock(system, target, byMac)).toMatch(refusedAs("MethodNotAccepted"));
});

test("an address that a client invents does not undo the limit: refused as TooManyRequests", async () => {
  await system.unharmed(target, async () => {
    const statuses = [];
    for (let index = 0; index < burst + 10; index += 1) {
      const [answer] = await guesses(`198.51.100.${index}, 192.0.2.3`, ["guess"]);
      statuses.push(answer?.status);
    }
    expect(statuses.at(-1)).toBe(429);
  });
});

test("no guess and no token is in the logs", async () => {
  expect(system.logged()).toContain("NotFound");
  expect(system.logged()).not.toContain("guess-1");
  expect(system.logged()).not.toContain(token());
});

import { describe, expect, test } from "vitest";
import { KubeError, type KubeErrorCode } from "../errors.ts";
import { withRetries } from "./retry.ts";

function failing(times: number, error: Error) {
  let calls = 0;
  const attempt = async () => {
    calls += 1;
    if (calls <= times) throw error;
    return "done";
  };
  return { attempt, calls: () => calls };
}

const policy = (idempotent: boolean, deadlineMs = 5000, signal = new AbortController().signal) => {
  return { idempotent, deadlineMs, signal };
};
const answered = (code: KubeErrorCode, status: number) => new KubeError(code, "no", { status, retryAfterMs: 1 });
const network = (code: string) => {
  const cause = Object.assign(new Error("broken"), { cause: Object.assign(new Error("deeper"), { code }) });
  return new KubeError("Unavailable", "no answer", { cause, retryAfterMs: 1 });
};

describe("what is repeated", () => {
  test.each([
    ["a read after 503", answered("Unavailable", 503), true, 3],
    ["a read after a reset", network("ECONNRESET"), true, 3],
    ["a read after 429", answered("TooManyRequests", 429), true, 3],
    ["a write after 429", answered("TooManyRequests", 429), false, 3],
    ["a write that was never sent", network("ECONNREFUSED"), false, 3],
    ["not a write after a reset", network("ECONNRESET"), false, 1],
    ["not a write after 503", answered("Unavailable", 503), false, 1],
    ["not what was refused", answered("Forbidden", 403), true, 1],
    ["not what failed here", new TypeError("bug"), true, 1],
  ])("%s", async (_case, error, idempotent, calls) => {
    const requests = failing(2, error);
    await withRetries(policy(idempotent), requests.attempt).catch(() => {});
    expect(requests.calls()).toBe(calls);
  });
});

test("the deadline ends it with the last error", async () => {
  const error = answered("Unavailable", 503);
  await expect(withRetries(policy(true, 50), failing(1e9, error).attempt)).rejects.toBe(error);
});

test("closing ends it", async () => {
  const closing = new AbortController();
  const error = new KubeError("Unavailable", "no", { status: 503, retryAfterMs: 3_000_000 });
  const pending = withRetries(policy(true, 1e9, closing.signal), failing(1e9, error).attempt);
  closing.abort();
  await expect(pending).rejects.toBe(error);
});

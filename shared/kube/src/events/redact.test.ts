import { expect, test } from "vitest";
import { redactMessage } from "./redact.ts";

test.each([
  ["nothing secret in it", "nothing secret in it"],
  ["GET https://x/elemental/registration/abc failed", "GET https://x/elemental/registration/<token> failed"],
  ["see /elemental/seedimage/abc/image.iso", "see /elemental/seedimage/<token>/image.iso"],
  ["Authorization: Bearer a.b-c", "Authorization: Bearer <credential>"],
  ["key -----BEGIN EC PRIVATE KEY-----\nabc\n-----END EC PRIVATE KEY-----.", "key <private key>."],
])("%j becomes %j", (message, expected) => {
  expect(redactMessage(message)).toBe(expected);
});

test("a long message is cut to what an Event may hold", () => {
  expect(redactMessage("x".repeat(5000))).toHaveLength(1024);
});

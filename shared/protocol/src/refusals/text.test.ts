import { describe, expect, test } from "vitest";
import { isPassing, type RefusalCode, refusalCodeOf, refusals, refusalText } from "./index.ts";

const codes = Object.keys(refusals) as RefusalCode[];

describe("the text of a refusal", () => {
  test.each(codes)("%s is read back, however long the message and short the room", (code) => {
    expect(refusalCodeOf(refusalText(code, "no"))).toBe(code);
    const reason = refusalText(code, "x".repeat(2000), 123);
    expect(reason).toHaveLength(123);
    expect(refusalCodeOf(reason)).toBe(code);
  });

  test.each([
    ["", false],
    ["no code", false],
    ["unknown (Whatever)", false],
    ["inherited (constructor)", false],
    ["this machine waits (ApprovalPending)", true],
    ["this machine waits (ApprovalPending)\n", true],
    ["not at the end (ApprovalPending) here", false],
    ["this machine is denied (MachineDenied)", false],
  ])("%j is passing: %s", (text, passing) => {
    expect(isPassing(text)).toBe(passing);
  });

  test.each(codes)("%s has a status that clients understand", (code) => {
    const { status, meaning } = refusals[code];
    expect(status).toBeGreaterThanOrEqual(400);
    expect(meaning).toMatch(/^[A-Z].*\.$/);
  });
});

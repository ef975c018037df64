import { expect, test } from "vitest";
import { errorOfAnswer } from "./status.ts";

const open = { text: "patch machineinventories ns/m", confidential: false };
const status = (fields: object) => JSON.stringify({ kind: "Status", ...fields });

test.each([
  [404, status({ reason: "NotFound", details: { name: "m", kind: "machineinventories" } }), "NotFound"],
  [404, status({ reason: "NotFound", details: {} }), "NotServed"],
  [404, "404 page not found\n", "NotServed"],
  [409, status({ reason: "AlreadyExists" }), "AlreadyExists"],
  [409, status({ reason: "Conflict" }), "Conflict"],
  [410, status({ reason: "Expired" }), "Expired"],
  [400, status({ reason: "BadRequest" }), "BadRequest"],
  [401, "Unauthorized", "Unauthorized"],
  [403, status({ reason: "Forbidden" }), "Forbidden"],
  [422, status({ reason: "Invalid" }), "Invalid"],
  [429, status({ reason: "TooManyRequests" }), "TooManyRequests"],
  [500, status({ reason: "InternalError" }), "Unknown"],
  [500, status({ reason: "ServerTimeout" }), "Unavailable"],
  [503, "", "Unavailable"],
  [504, status({ reason: "Timeout" }), "Unavailable"],
  [418, "<html>", "Unknown"],
])("%i with the body %s is %s", (code, body, expected) => {
  expect(errorOfAnswer(open, { status: code, body })).toMatchObject({ code: expected, status: code });
});

test("the message names the request and repeats the server", () => {
  const body = status({ reason: "Conflict", message: "the object has been modified" });
  const { message } = errorOfAnswer(open, { status: 409, body });
  expect(message).toBe("patch machineinventories ns/m: the object has been modified");
});

test("the message about a Secret does not repeat the server, who quotes values", () => {
  const subject = { text: "patch secrets ns/m", confidential: true };
  const body = status({ reason: "Invalid", message: 'data: Invalid value: "s3cr3t"' });
  expect(errorOfAnswer(subject, { status: 422, body }).message).toBe("patch secrets ns/m: Invalid");
});

test.each([
  [{ retryAfter: "3" }, 3000],
  [{}, undefined],
  [{ retryAfter: "soon" }, undefined],
])("Retry-After %j is %j ms", (headers, expected) => {
  expect(errorOfAnswer(open, { status: 429, body: "", ...headers }).retryAfterMs).toBe(expected);
});

test("Retry-After of the body counts where there is no header", () => {
  const body = status({ reason: "TooManyRequests", details: { retryAfterSeconds: 2 } });
  expect(errorOfAnswer(open, { status: 429, body }).retryAfterMs).toBe(2000);
});

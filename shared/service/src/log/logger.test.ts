import { expect, test } from "vitest";
import { createLogger } from "./logger.ts";

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  let text = "";
  const destination = {
    write: (line: string) => {
      text += line;
    },
  };
  write(createLogger({ name: "test", level: "debug", destination }));
  return text;
}

test("writes JSON lines with level, time, name, fields and the error with its cause", () => {
  const error = new Error("outer", { cause: new Error("inner") });
  const line = JSON.parse(logged((log) => log.child({ controller: "c" }).error({ error, key: "ns/a" }, "failed")));
  expect(line).toMatchObject({ level: "error", name: "test", controller: "c", key: "ns/a", msg: "failed" });
  expect(line.error).toMatchObject({ message: "outer", cause: { message: "inner" } });
  expect(Date.parse(line.time)).not.toBeNaN();
});

test.each([
  ["a field", { token: "s3cret" }],
  ["a nested field", { request: { headers: [{ Authorization: "s3cret" }] } }],
  ["another spelling", { "set-cookie": "s3cret", private_key: "s3cret", registrationToken: "s3cret" }],
  ["a bearer token in a text", { note: "sent Bearer s3cret" }],
  ["a registration URL", { url: "https://host/elemental/registration/s3cret" }],
  ["a seed image URL", { url: "https://host/elemental/seedimage/s3cret/a.iso" }],
  ["a password in a URL", { redis: "rediss://user:s3cret@host:6379" }],
  ["an error", { error: new Error("no answer from redis://:s3cret@host") }],
  ["a cause", { error: new Error("x", { cause: new Error("Authorization: Bearer s3cret") }) }],
  ["a private key", { note: "-----BEGIN EC PRIVATE KEY-----\ns3cret\n-----END EC PRIVATE KEY-----\n" }],
])("does not write the secret in %s", (_, fields) => {
  const text = logged((log) => log.info(fields, "GET /elemental/registration/s3cret"));
  expect(text).not.toContain("s3cret");
  expect(JSON.parse(text).msg).toBe("GET /elemental/registration/[redacted]");
});

test("does not write secrets bound to a child", () => {
  expect(logged((log) => log.child({ token: "s3cret" }).info({}, "x"))).not.toContain("s3cret");
});

test("keeps what only sounds secret", () => {
  expect(logged((log) => log.info({ secretName: "plan", tokens: 3 }, "x"))).toContain('"secretName":"plan","tokens":3');
});

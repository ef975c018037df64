import { describe, expect, test } from "vitest";
import { z } from "zod";
import { ConfigError, loadConfig } from "./load.ts";
import { configReference } from "./reference.ts";
import { duration, flag, httpUrl, integer, listenAddress } from "./settings.ts";

const shape = {
  serverUrl: httpUrl().describe("where machines reach the server"),
  apiToken: z.string().min(8, "must have 8 characters").optional().meta({ description: "key", secret: true }),
  listenAddress: listenAddress().prefault("127.0.0.1:8080").describe("where to listen"),
  timeout: duration().prefault("5s"),
};

test("reads settings from variables of their names, with defaults", () => {
  expect(loadConfig(shape, { SERVER_URL: "https://rancher.example/", TIMEOUT: "2m", API_TOKEN: "" })).toEqual({
    serverUrl: "https://rancher.example",
    listenAddress: { host: "127.0.0.1", port: 8080 },
    timeout: 120_000,
  });
});

test("names every wrong variable, what it has to be and what it is for, but no secret value", () => {
  const load = () => loadConfig(shape, { API_TOKEN: "short", LISTEN_ADDRESS: "8080" });
  expect(load).toThrow(ConfigError);
  expect(load).toThrow(/SERVER_URL is not set: must be an http:\/\/ or https:\/\/ URL \(where machines reach/);
  expect(load).toThrow(/API_TOKEN is wrong: must have 8 characters/);
  expect(load).toThrow(/LISTEN_ADDRESS is "8080": must be HOST:PORT/);
  expect(load).not.toThrow(/short/);
});

test("describes itself as a table", () => {
  expect(configReference(shape)).toBe(`| variable | default | meaning |
|---|---|---|
| \`SERVER_URL\` | required | where machines reach the server |
| \`API_TOKEN\` |  | key |
| \`LISTEN_ADDRESS\` | \`127.0.0.1:8080\` | where to listen |
| \`TIMEOUT\` | \`5s\` |  |
`);
});

describe("settings", () => {
  test.each([
    [flag(), "true", true],
    [flag(), "false", false],
    [duration(), "500ms", 500],
    [duration(), "12h", 43_200_000],
    [integer(1, 5), "5", 5],
    [listenAddress(), "0.0.0.0:80", { host: "0.0.0.0", port: 80 }],
    [listenAddress(), "[::1]:0", { host: "::1", port: 0 }],
    [httpUrl(), "http://10.0.0.1:8080/base/", "http://10.0.0.1:8080/base"],
  ])("%# reads %s %s", (schema: z.ZodType, text, value) => {
    expect(schema.parse(text)).toEqual(value);
  });

  test.each([
    [flag(), "yes"],
    [duration(), "5"],
    [duration(), "-1s"],
    [integer(1, 5), "6"],
    [integer(1, 5), "1.5"],
    [listenAddress(), ":8080"],
    [listenAddress(), "host:70000"],
    [httpUrl(), "ftp://x"],
  ])("%# refuses %s %s", (schema: z.ZodType, text) => {
    expect(schema.safeParse(text).success).toBe(false);
  });
});

import { describe, expect, test } from "vitest";
import { decide, summary } from "../testing/decision.ts";
import { channel } from "../testing/objects.ts";

describe("C-099 a configuration that cannot be used", () => {
  test.each([
    { title: "no spec", spec: undefined, message: "spec.Type can't be empty" },
    { title: "no type", spec: { type: "" }, message: "spec.Type can't be empty" },
    {
      title: "interval 1x",
      spec: { type: "json", syncInterval: "1x" },
      message: "spec.SyncInterval is not parseable by time.ParseDuration",
    },
    { title: "type foo", spec: { type: "foo" }, message: "spec.Type is not supported" },
    {
      title: "interval 0s",
      spec: { type: "json", syncInterval: "0s" },
      message: "spec.SyncInterval is shorter than the minimum of 1m",
    },
    {
      title: "interval -5m",
      spec: { type: "json", syncInterval: "-5m" },
      message: "spec.SyncInterval is shorter than the minimum of 1m",
    },
    {
      title: "options that are text (C-010)",
      spec: { type: "json", options: "x" },
      message: "spec.options is not an object",
    },
    {
      title: "no uri",
      spec: { type: "json", options: {} },
      message: "spec.options.uri: Invalid input: expected string, received undefined",
    },
    {
      title: "a command that is no list",
      spec: { type: "custom", options: { image: "i", command: "run" } },
      message: "spec.options.command: Invalid input: expected array, received string",
    },
  ])("$title -> InvalidConfiguration, no Pod, no retry", ({ spec, message }) => {
    expect(summary(decide({ ...channel(), spec }))).toEqual({
      ready: "False InvalidConfiguration",
      message,
      failures: undefined,
      operations: [],
      requeueAfterMs: undefined,
    });
  });
});

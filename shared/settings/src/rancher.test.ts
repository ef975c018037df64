import { describe, expect, test } from "vitest";
import { rancherSettings } from "./rancher.ts";

const read = (settings: Record<string, string>) => rancherSettings((name) => settings[name]);

describe("Rancher's settings", () => {
  test.each([
    ["cacerts wins", { cacerts: "A", "internal-cacerts": "B" }, "A"],
    ["REG-11 internal-cacerts stands in for an empty cacerts", { cacerts: "", "internal-cacerts": "X" }, "X"],
    ["REG-11 both empty", { cacerts: "", "internal-cacerts": "" }, undefined],
    ["both missing", {}, undefined],
  ])("CA: %s", (_name, settings, expected) => {
    expect(read(settings).caCert).toBe(expected);
  });

  test.each([
    ["system-store", false],
    ["strict", true],
    ["x", true],
    ["", true],
  ])("REG-98 agent-tls-mode %j", (mode, strict) => {
    expect(read({ "agent-tls-mode": mode }).strictTls).toBe(strict);
    expect(read({}).strictTls).toBe(true);
  });

  test("H29 trailing slashes of server-url are stripped, an empty one is unknown", () => {
    expect(read({ "server-url": "https://r.example.com//" }).serverUrl).toBe("https://r.example.com");
    expect(read({ "server-url": "" }).serverUrl).toBeUndefined();
    expect(read({ "server-url": "/" }).serverUrl).toBeUndefined();
  });

  test("C-013 C-014 a missing server-url is another problem than an empty one", () => {
    expect(read({}).serverUrlProblem).toContain("failed to get server url setting");
    expect(read({ "server-url": "" }).serverUrlProblem).toBeUndefined();
  });
});

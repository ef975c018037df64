import { globSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const suites = globSync("{services,shared,register-client,test}/**/*.test.ts", {
  cwd: root,
  exclude: (path) => path.includes("node_modules"),
});
const texts = suites.map((suite) => readFileSync(`${root}${suite}`, "utf8")).join("\n");
const named = new Set(texts.match(/\b(?:REG-|H)\d+\b/g));

/** The conformance cases and the hardening items of the registration protocol: each is named by the tests that prove it. */
test.each([
  ["conformance case", "REG-", 104],
  ["hardening item", "H", 29],
])("every %s of the registration protocol is named by a test", (_what, prefix, count) => {
  const all = Array.from({ length: count }, (_, index) => `${prefix}${index + 1}`);
  expect(all.filter((id) => !named.has(id))).toEqual([]);
});

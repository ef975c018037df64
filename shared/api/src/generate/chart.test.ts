import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { crdChart } from "./chart.ts";

test.each(crdChart())("$path is what the schemas say (npm run generate)", ({ path, text }) => {
  expect(readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8")).toBe(text);
});

test("the chart puts the release's name and version in place of the defaults of every manifest", () => {
  const manifests = crdChart().filter(({ path }) => path.includes("/resources/"));
  const template = crdChart().find(({ path }) => path.endsWith("templates/crds.yaml"))?.text ?? "";
  const replaced = [...template.matchAll(/replace "([^"]+)"/g)].map(([, text]) => text);
  expect(replaced).toHaveLength(3);
  for (const { text } of manifests) {
    expect(replaced.filter((line) => text.split(`${line}\n`).length !== 2)).toEqual([]);
  }
});

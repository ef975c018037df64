import { expect, test } from "vitest";
import { renderCloudConfig } from "./cloud-config.ts";

test.each([
  { title: "nothing", config: undefined, text: "" },
  { title: "an empty one", config: {}, text: "" },
  {
    title: "a cloud-init one, with its header and sorted keys",
    config: { write_files: [], users: [{ name: "root" }] },
    text: "#cloud-config\nusers:\n  - name: root\nwrite_files: []\n",
  },
  {
    title: "a yip one, without header",
    config: { stages: { boot: [{ name: "x" }] }, name: "n" },
    text: "name: n\nstages:\n  boot:\n    - name: x\n",
  },
  { title: "one with empty stages", config: { stages: {} }, text: "#cloud-config\nstages: {}\n" },
])("$title", ({ config, text }) => {
  expect(renderCloudConfig(config)).toBe(text);
});

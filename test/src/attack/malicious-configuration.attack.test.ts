import { toolkitRecord } from "@elemental/register-client/testing";
import { expect, test } from "vitest";
import { attackedMachine, treeOf } from "./attacked-machine.ts";

const bombs = [
  "a: &a [x,x,x,x,x,x,x,x,x]",
  ...Array.from(
    { length: 9 },
    (_, i) => `${"bcdefghij"[i]}: &${"bcdefghij"[i]} [${Array(9).fill(`*${"abcdefghi"[i]}`).join(",")}]`,
  ),
];
const network = (name: string) =>
  `elemental: {install: {reboot: true, device: /dev/sda}}\nconfigurator: nmconnections\nconfig: {${JSON.stringify(name)}: {raw: [34, 97, 34], object: null}}\n`;

test.each<[string, string]>([
  ["YAML that doubles and doubles", `${bombs.join("\n")}\n`],
  ["YAML that holds itself", "elemental: &a [*a]\n"],
  ["a file name that leads elsewhere", network("../../../../etc/cron.d/owned")],
  ["a file name with a slash", network("a/b")],
  ["bytes that are none", "cloud-config: {x: {raw: [999], object: null}}\n"],
  ["two documents that contradict each other", "elemental: {}\nelemental: {install: {}}\n"],
])("%s: refused, nothing is installed and nothing lies elsewhere", async (_title, config) => {
  await using system = await attackedMachine();
  const before = treeOf(system);
  system.server.script = { config };
  const { status } = await system.lab.run("--once", "--install", "--no-smbios");
  expect(status).toBe(255);
  expect(toolkitRecord(system.lab)).toBeUndefined();
  const paths = (tree: string[]) => tree.map((line) => line.split(" ")[0]);
  const added = paths(treeOf(system)).filter((path) => !paths(before).includes(path));
  expect(added.filter((path) => !path?.includes("/oem/registration"))).toEqual([]);
});

test("keys of the prototype: taken as data", async () => {
  await using system = await attackedMachine();
  system.server.script = {
    config:
      "__proto__: {polluted: yes}\nelemental: {__proto__: {polluted: yes}, install: {constructor: {prototype: {polluted: yes}}}}\n",
  };
  await system.lab.run("--once", "--no-smbios");
  expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
});

test("shell in values: passed to no shell", async () => {
  await using system = await attackedMachine();
  const evil = "$(touch /tmp/owned-by-a-registration); `touch owned`; /dev/sda";
  const value = JSON.stringify(evil);
  system.server.script = {
    config: `elemental: {install: {reboot: true, device: /dev/sda, firmware: ${value}, tty: ${value}, iso: ${value}}}\n`,
  };
  await system.lab.run("--once", "--install", "--no-smbios");
  expect(treeOf(system).join()).not.toContain("owned");
});

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { inventory } from "../testing/objects.ts";
import { bootstrapPlan, planChecksum } from "./plan.ts";

interface Plan {
  files: { path: string; permissions: string; content: string }[];
  instructions: { name?: string; command: string; args: string[] }[];
}

function planOf(name: string, labels?: Record<string, string>, script = "IyEvYmluL3NoCg=="): Plan {
  return JSON.parse(bootstrapPlan(inventory(name, { metadata: labels ? { labels } : {} }), script).toString()) as Plan;
}

const text = (plan: Plan, path: string) =>
  Buffer.from(plan.files.find((file) => file.path === path)?.content ?? "", "base64").toString();
const nameFile = (distribution: string) => `/etc/rancher/${distribution}/config.yaml.d/99-elemental-name.yaml`;
const labelFile = (distribution: string) =>
  `/etc/rancher/${distribution}/config.yaml.d/99-elemental-inventory-labels.yaml`;

test("C-068 seven files with their paths and modes, two instructions", () => {
  const plan = planOf("m-1", { site: "north" });
  expect(plan.files.map(({ path, permissions }) => `${permissions} ${path}`)).toEqual([
    "0700 /var/lib/rancher/bootstrap.sh",
    "0600 /etc/rancher/rke2/config.yaml.d/99-elemental-name.yaml",
    "0600 /etc/rancher/rke2/config.yaml.d/99-elemental-inventory-labels.yaml",
    "0600 /etc/rancher/k3s/config.yaml.d/99-elemental-name.yaml",
    "0600 /etc/rancher/k3s/config.yaml.d/99-elemental-inventory-labels.yaml",
    "0644 /usr/local/etc/hostname",
    "0644 /run/elemental/persistent/etc/hostname",
  ]);
  expect(plan.instructions).toEqual([
    { name: "configure hostname", command: "hostnamectl", args: ["set-hostname", "--transient", "m-1"] },
    {
      command: "bash",
      args: [
        "-c",
        "[ -f /var/lib/rancher/bootstrap_done ] || /var/lib/rancher/bootstrap.sh && touch /var/lib/rancher/bootstrap_done",
      ],
    },
  ]);
  expect(text(plan, "/usr/local/etc/hostname")).toBe("m-1");
  expect(text(plan, "/run/elemental/persistent/etc/hostname")).toBe("m-1");
  for (const distribution of ["rke2", "k3s"]) {
    expect(text(plan, nameFile(distribution))).toBe("node-name: m-1");
    expect(parse(text(plan, labelFile(distribution)))).toEqual({ "node-label+": ["site=north"] });
  }
});

test("C-069 a binary bootstrap script arrives byte for byte", () => {
  const script = Buffer.from([0, 255, 10, 128, 7]).toString("base64");
  expect(planOf("m", {}, script).files[0]?.content).toBe(script);
});

test("C-070 an inventory without labels has an empty list", () => {
  expect(parse(text(planOf("m"), labelFile("rke2")))).toEqual({ "node-label+": [] });
});

test.each(["1e3", "null", "true", "no", "y", "on", "012", "0x1f", "1.5", "12345", "2001-01-01", "10.0.0.5", "a"])(
  "C-071 the node name %s reads back as that string",
  (name) => {
    const content = text(planOf(name), nameFile("k3s"));
    for (const version of ["1.1", "1.2"] as const) expect(parse(content, { version })).toEqual({ "node-name": name });
  },
);

test("C-072 the guard runs the script once", () => {
  const dir = mkdtempSync(join(tmpdir(), "plan-"));
  const script = planOf("m").instructions[1]?.args[1]?.replaceAll("/var/lib/rancher", dir) ?? "";
  writeFileSync(join(dir, "bootstrap.sh"), `#!/bin/sh\necho ran >> ${dir}/log\n`, { mode: 0o700 });
  for (let i = 0; i < 2; i += 1) execFileSync("bash", ["-c", script]);
  expect(readFileSync(join(dir, "log"), "utf8")).toBe("ran\n");
  rmSync(dir, { recursive: true });
});

test("D-15 equal inputs give equal bytes, whatever the order of the labels", () => {
  const first = bootstrapPlan(inventory("m", { metadata: { labels: { a: "1", b: "2" } } }), "eA==");
  const second = bootstrapPlan(inventory("m", { metadata: { labels: { b: "2", a: "1" } } }), "eA==");
  expect(second.equals(first)).toBe(true);
  expect(planChecksum(second)).toMatch(/^[0-9a-f]{64}$/);
});

test("the checksum of the empty plan is the known one", () => {
  expect(planChecksum(Buffer.from("{}"))).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
});

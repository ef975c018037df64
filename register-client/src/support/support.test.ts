import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { localHost } from "../host/host.ts";
import { redactText } from "../output/redact-text.ts";
import { addProgram, createLab, type Lab } from "../testing/index.ts";
import { elementalSupport } from "./support.ts";
import { encodeTar } from "./tar.ts";

const node = () => {
  const lab = createLab({ hostname: "m-1" });
  addProgram(lab.root, "journalctl", 'echo "journal of $2"');
  for (const name of ["elemental", "elemental-register", "kubectl"]) addProgram(lab.root, name, `echo "${name} $*"`);
  return lab;
};

/** Runs the program; the files of its archive by their names below the single top directory. */
async function support(lab: Lab) {
  const out = join(lab.root, "out");
  mkdirSync(out, { recursive: true });
  let stderr = "";
  const write = (text: string) => {
    stderr += text;
  };
  const status = await elementalSupport(["--output", out], localHost(lab.env, lab.root), {
    stdout: write,
    stderr: write,
  });
  const [archive = ""] = readdirSync(out);
  const path = join(out, archive);
  execFileSync("tar", ["-xzf", path, "-C", lab.root]);
  const tops = readdirSync(lab.root).filter((name) => name.startsWith("elemental-support-"));
  const top = join(lab.root, tops[0] ?? "");
  return {
    status,
    stderr,
    archive,
    path,
    tops,
    files: readdirSync(top),
    read: (name: string) => readFileSync(join(top, name), "utf8"),
  };
}

test("CLI-87 name, single top directory and modes", async () => {
  using lab = node();
  const { status, archive, path, tops } = await support(lab);
  expect(status).toBe(0);
  expect(archive).toMatch(/^m-1-\d{4}-\d\d-\d\dT\d{6}(Z|[+-]\d{4})\.tar\.gz$/);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(tops).toHaveLength(1);
  const listing = execFileSync("tar", ["-tvzf", path], { encoding: "utf8" }).trim().split("\n");
  for (const line of listing) expect(line.startsWith("-rw-------")).toBe(true);
});

test("CLI-85 a node without Kubernetes, or with two kubeconfigs, has an archive without cluster data", async () => {
  using lab = node();
  const { files, read } = await support(lab);
  expect(files.filter((name) => name.endsWith("-resource.log"))).toEqual([]);
  expect(read("k3s.log")).toBe("journal of k3s\n");
  expect(read("elemental.version")).toBe("elemental version\n");
  expect(read("elemental-register.version")).toBe("elemental-register version\n");
  expect(read("elemental-operator.version")).toBe("");
  using two = node();
  two.write({ "etc/rancher/k3s/k3s.yaml": "", "etc/rancher/rke2/rke2.yaml": "" });
  expect((await support(two)).files.filter((name) => name.endsWith("-resource.log"))).toEqual([]);
});

test("a node of a cluster has what kubectl tells", async () => {
  using lab = node();
  lab.write({
    "etc/rancher/rke2/rke2.yaml": "",
    "etc/rancher/rke2/config.yaml.d/50-rancher.yaml": '{"data-dir": "/data"}',
  });
  mkdirSync(join(lab.root, "data"));
  symlinkSync("../bin", join(lab.root, "data/bin"));
  const { files, read } = await support(lab);
  expect(files.filter((name) => name.endsWith("-resource.log"))).toHaveLength(8);
  expect(read("pods-describe.log")).toContain("describe pods --all-namespaces");
});

test("CLI-86 copied files are redacted, links that lead out are left out", async () => {
  using lab = node();
  lab.write({
    "oem/x.yaml": "users:\n- passwd: secret\n  token: t0k3n\n",
    "etc/shadow": "root",
    "var/lib/elemental/agent/applied/p.json": '{"password": "secret", "kubeConfig": "a: \\"b\\"\\n"}',
  });
  symlinkSync("../etc/shadow", join(lab.root, "oem/shadow"));
  symlinkSync("x.yaml", join(lab.root, "oem/link.yaml"));
  const { read, files, stderr } = await support(lab);
  expect(read("oem/x.yaml")).toBe("users:\n- passwd: *****\n  token: *****\n");
  expect(read("oem/link.yaml")).toContain("*****");
  expect(read("var/lib/elemental/agent/applied/p.json")).not.toMatch(/secret|a: /);
  expect(files).not.toContain("shadow");
  expect(stderr).toContain("cannot copy /oem/shadow: the link leads out of the copied directory");
});

describe("redaction", () => {
  test.each([
    ["root_passwd=abc", "root_passwd=*****"],
    ["password:\n  abc", "password:\n *****"],
    ["emulatedTPMSeed: -5", "emulatedTPMSeed: *****"],
    ['{\\"token\\":\\"abc\\"}', '{\\"token\\":*****}'],
    ["a\n-----BEGIN EC PRIVATE KEY-----\nx\n-----END EC PRIVATE KEY-----\nb", "a\n*****\nb"],
    ["tokens: 3", "tokens: 3"],
  ])("%j", (text, expected) => {
    expect(redactText(text)).toBe(expected);
  });
});

test("any files survive the archive", () => {
  using lab = createLab();
  const name = fc
    .array(fc.stringMatching(/^[a-z0-9]{1,60}$/), { minLength: 1, maxLength: 4 })
    .map((parts) => parts.join("-"));
  const files = fc.uniqueArray(fc.record({ name, content: fc.uint8Array({ maxLength: 1500 }) }), {
    selector: (file) => file.name,
    maxLength: 4,
  });
  let run = 0;
  fc.assert(
    fc.property(files, (entries) => {
      run += 1;
      lab.write({ [`run-${run}/keep`]: "" });
      const directory = join(lab.root, `run-${run}`);
      execFileSync("tar", ["-x", "-C", directory], { input: encodeTar(entries, new Date()) });
      for (const file of entries) expect(readFileSync(join(directory, file.name))).toEqual(Buffer.from(file.content));
      expect(readdirSync(directory)).toHaveLength(entries.length + 1);
    }),
    { numRuns: 15 },
  );
});

test("--version and a wrong flag", async () => {
  using lab = node();
  const lines: string[] = [];
  const output = { stdout: (text: string) => lines.push(text), stderr: (text: string) => lines.push(text) };
  const run = (...args: string[]) => elementalSupport(args, localHost(lab.env, lab.root), output);
  expect(await run("--version")).toBe(0);
  expect(lines.join("")).toContain("Support version 0.1.0-dev, commit , commit date ");
  expect(await run("--nope")).toBe(255);
  expect(lines.join("")).toContain("FATAL: unknown flag: --nope");
});

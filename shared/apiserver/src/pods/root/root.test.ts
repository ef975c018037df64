import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { namespacesWork } from "./namespaces.ts";
import { pathRewriter } from "./paths.ts";
import { type DirectoryEntry, planRoot } from "./plan.ts";
import { containerRoot, type Isolation, type Mount } from "./root.ts";

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "root-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

function volume(name: string, target: string): Mount {
  const source = join(directory, name);
  mkdirSync(source);
  return { source, target, file: false, readOnly: false };
}

async function run(isolation: Isolation, mounts: Mount[], script: string, workingDirectory = "") {
  const root = await containerRoot(isolation, join(directory, "root"), mounts, ["/bin/sh"]);
  const { argv, cwd } = root.command(["/bin/sh", "-c", root.rewrite(script)], workingDirectory);
  const [program = "", ...args] = argv;
  const env = { PATH: "/usr/sbin:/usr/bin:/sbin:/bin", ELEMENTAL_ROOT: root.directory };
  const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: "utf8" });
  return { status, stdout, stderr };
}

const isolations: Isolation[] = (await namespacesWork(tmpdir())) ? ["namespaces", "paths"] : ["paths"];

describe.each(isolations)("a root by %s", (isolation) => {
  test("volumes are found at their mount paths", async () => {
    const mounts = [volume("iso", "/iso"), volume("config", "/overlay")];
    writeFileSync(join(directory, "config", "registration"), "content");
    const result = await run(isolation, mounts, "cp /overlay/registration /iso/copy && cd /iso && ls && cd ..");
    expect(result).toEqual({ status: 0, stdout: "copy\n", stderr: "" });
    expect(readFileSync(join(directory, "iso", "copy"), "utf8")).toBe("content");
    expect(existsSync("/iso/copy")).toBe(false);
  });

  test("a program that knows its paths finds them with ELEMENTAL_ROOT", async () => {
    const script = 'name=data; echo x > "$ELEMENTAL_ROOT/$name/out"';
    expect(await run(isolation, [volume("data", "/data/")].map(normal), script)).toMatchObject({ status: 0 });
    expect(readFileSync(join(directory, "data", "out"), "utf8")).toBe("x\n");
  });

  test("a volume within a volume", async () => {
    const mounts = [volume("inner", "/outer/in"), volume("outer", "/outer")];
    expect(await run(isolation, mounts, "echo 1 > /outer/a; echo 2 > /outer/in/b")).toMatchObject({ status: 0 });
    expect(existsSync(join(directory, "outer", "a"))).toBe(true);
    expect(existsSync(join(directory, "inner", "b"))).toBe(true);
  });

  test("the working directory can be in a volume", async () => {
    const result = await run(isolation, [volume("iso", "/iso")], "echo here > file", "/iso");
    expect(result).toMatchObject({ status: 0 });
    expect(existsSync(join(directory, "iso", "file"))).toBe(true);
  });

  test("an exit code is passed on", async () => {
    expect(await run(isolation, [volume("iso", "/iso")], "exit 42")).toMatchObject({ status: 42 });
  });
});

test.runIf(isolations.includes("namespaces"))("a mount may cover a directory of the machine", async () => {
  const result = await run("namespaces", [volume("share", "/usr/share")], "ls /usr/share | wc -l; ls /usr/bin/env");
  expect(result).toEqual({ status: 0, stdout: "0\n/usr/bin/env\n", stderr: "" });
});

test("a mount that would hide the image's programs falls back to rewriting", async () => {
  const mount = volume("bin", "/opt");
  const root = await containerRoot("namespaces", join(directory, "root"), [mount], ["/opt/image/run"]);
  expect(root.rewrite("/opt/x")).toBe(join(directory, "root", "opt", "x"));
});

test.each([
  ["/iso", "R/iso"],
  ["/iso/base.iso", "R/iso/base.iso"],
  ["--out=/iso/x", "--out=R/iso/x"],
  ["cd /iso && rm -rf '/iso/base.iso' >/overlay", "cd R/iso && rm -rf 'R/iso/base.iso' >R/overlay"],
  ["-map /overlay/reg/a.yaml /a.yaml", "-map R/overlay/reg/a.yaml /a.yaml"],
  ["a:/iso:/overlay/nested", "a:R/iso:R/overlay/nested"],
  ["/iso-config /isolinux /iso.bak", "/iso-config /isolinux /iso.bak"],
  ["http://host/iso ./iso $" + "{X}/iso /srv/iso", "http://host/iso ./iso $" + "{X}/iso /srv/iso"],
])("%s is rewritten to %s", (text, expected) => {
  expect(pathRewriter("R", [{ target: "/iso" }, { target: "/overlay" }, { target: "/overlay/nested" }])(text)).toBe(
    expected,
  );
});

test("a plan binds the machine and makes only the directories on the way to a mount", () => {
  const machine: Record<string, DirectoryEntry[]> = {
    "/": [
      { name: "bin", kind: { linkTo: "usr/bin" } },
      { name: "run", kind: "directory" },
      { name: "usr", kind: "directory" },
    ],
    "/run": [
      { name: "lock", kind: "directory" },
      { name: "pid", kind: "file" },
    ],
  };
  const mount = { source: "/v", target: "/run/data", file: false, readOnly: true };
  expect(planRoot([mount], (path) => machine[path] ?? [])).toEqual([
    { do: "link", path: "/bin", to: "usr/bin" },
    { do: "bind", path: "/usr", source: "/usr", file: false, readOnly: false },
    { do: "mkdir", path: "/run" },
    { do: "bind", path: "/run/lock", source: "/run/lock", file: false, readOnly: false },
    { do: "bind", path: "/run/pid", source: "/run/pid", file: true, readOnly: false },
    { do: "bind", path: "/run/data", source: "/v", file: false, readOnly: true },
  ]);
});

function normal(mount: Mount): Mount {
  return { ...mount, target: mount.target.replace(/\/$/, "") };
}

import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { parseInvocation } from "../cli/invocation.ts";

const files = join(import.meta.dirname, "../../systemd");
const units = readdirSync(files).filter((name) => /\.(service|timer)$/.test(name));
const services = units.filter((name) => name.endsWith(".service"));
const hasSystemd = spawnSync("systemd-analyze", ["--version"]).status === 0;

let directory: string;

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "elemental-units-"));
});

afterAll(() => rmSync(directory, { recursive: true }));

function text(name: string): string {
  return readFileSync(join(files, name), "utf8");
}

function values(name: string, key: string): string[] {
  return [...text(name).matchAll(new RegExp(`^${key}=(.*)$`, "gm"))].map(([, value]) => value ?? "");
}

/** The units as installed, with a program that exists here. */
function installUnits(): void {
  for (const name of units) {
    writeFileSync(join(directory, name), text(name).replace("/usr/sbin/elemental-register", process.execPath));
  }
}

describe.skipIf(!hasSystemd)("systemd (package systemd)", () => {
  test.each(units)("accepts %s without a warning", (name) => {
    installUnits();
    const args = ["verify", "--man=no", "--recursive-errors=no", join(directory, name)];
    const env = { ...process.env, SYSTEMD_UNIT_PATH: `${directory}:/usr/lib/systemd/system:/lib/systemd/system` };
    const { status, stderr } = spawnSync("systemd-analyze", args, { encoding: "utf8", env });
    expect(stderr).toBe("");
    expect(status).toBe(0);
  });
});

test.each([
  ["elemental-register-install.service", "install"],
  ["elemental-register-reset.service", "reset"],
  ["elemental-register.service", "register"],
])("%s runs the client in mode %s, as section 1.9 has it", (name, mode) => {
  const [program, ...args] = values(name, "ExecStart")[0]?.split(" ") ?? [];
  expect(program).toBe("/usr/sbin/elemental-register");
  expect(parseInvocation(args)).toMatchObject({ command: "register", mode, debug: true });
});

test.each(services)("%s is tried again after 5 s, with the environment files of the system", (name) => {
  expect(values(name, "Restart")).toEqual(["on-failure"]);
  expect(values(name, "RestartSec")).toEqual(["5s"]);
  expect(values(name, "EnvironmentFile")).toEqual(["-/etc/default/elemental", "-/etc/sysconfig/proxy"]);
});

test("an installation runs on live media only, a reset in recovery mode only, an update in neither", () => {
  const conditions = (name: string) => values(name, "ConditionPathExists");
  expect(conditions("elemental-register-install.service")).toEqual([
    "|/run/elemental/live_mode",
    "|/run/cos/live_mode",
  ]);
  expect(conditions("elemental-register-reset.service")).toEqual([
    "|/run/elemental/recovery_mode",
    "|/run/cos/recovery_mode",
  ]);
  expect(conditions("elemental-register.timer").every((condition) => condition.startsWith("!"))).toBe(true);
  expect(conditions("elemental-register.timer")).toEqual(conditions("elemental-register.service"));
});

test("nothing starts a reset but the reset plan", () => {
  expect(text("elemental-register-reset.service")).not.toContain("[Install]");
  expect(text("80-elemental-register.preset")).toContain("disable elemental-register-reset.service");
});

test("a machine is healthy once it registered in this boot", () => {
  const check = (...args: string[]) => {
    const env = { ...process.env, ELEMENTAL_REGISTER_ROOT: directory };
    return spawnSync(join(files, "check-registration.sh"), args, { env, stdio: "ignore" }).status;
  };
  expect(check("check")).not.toBe(0);
  mkdirSync(join(directory, "run/elemental"), { recursive: true });
  writeFileSync(join(directory, "run/elemental/registered"), "1");
  expect(check("check")).toBe(0);
  expect(check()).toBe(2);
  expect(execFileSync("sh", ["-n", join(files, "check-registration.sh")], { encoding: "utf8" })).toBe("");
});

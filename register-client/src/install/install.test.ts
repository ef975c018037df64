import { mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import {
  addProgram,
  addToolkit,
  errorAnswer,
  liveSystem,
  type ParsedYip,
  type ServerScript,
  toolkitRecord,
} from "../testing/index.ts";
import { installedMark } from "./installed-mark.ts";

const reboot = "reboot: true";
const config = (install: string, more = "") => `elemental: {install: {${install}}}\n${more}`;
const agent = "system-agent: {url: https://e/k8s, token: t, secret-name: m, secret-namespace: ns, strictTLSMode: true}";

describe("the hook", () => {
  test("CLI-48 one file, one stage, steps in order, modes and paths", async () => {
    await using system = await liveSystem({ config: `elemental: {install: {${reboot}}, ${agent}}\n` });
    const { lab } = system;
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 0 });
    const record = toolkitRecord(lab);
    expect(record?.listing.trim().split("\n")).toEqual([
      "700 /tmp/elemental/cloud-init",
      "600 /tmp/elemental/cloud-init/elemental-before-hook.yaml",
    ]);
    expect(record?.hook.name).toBe("Elemental Finalize System");
    expect(Object.keys(record?.hook.stages ?? {})).toEqual(["before-install"]);
    const steps = record?.hook.stages["before-install"] ?? [];
    expect(steps.map(({ name, files }) => [name, files?.[0]?.path])).toEqual([
      ["Registration Config", "/run/elemental/oem/elemental-registration.yaml"],
      ["Registration State Config", "/run/elemental/oem/elemental-state.yaml"],
      ["Cloud Init Config", "/run/elemental/oem/elemental-cloud-init.yaml"],
      ["Elemental System Agent Config", "/run/elemental/oem/elemental-system-agent.yaml"],
      ["Network Config", "/run/elemental/oem/elemental-network.yaml"],
    ]);
    for (const { files } of steps)
      expect(files?.[0]).toMatchObject({ permissions: 0o600, owner: 0, group: 0, encoding: "" });
    expect(lab.has("tmp/elemental/cloud-init")).toBe(false);
  });

  test("CLI-50 without cloud-config its file is empty, without configurator the network document too", async () => {
    await using system = await liveSystem({ config: config(reboot) });
    const { lab } = system;
    await lab.run("--once", "--install");
    const steps = toolkitRecord(lab)?.hook.stages["before-install"] ?? [];
    expect(steps[2]?.files?.[0]?.content).toBe("");
    expect(parse(steps[4]?.files?.[0]?.content ?? "")).toEqual({});
  });

  test("CLI-50 a configurator without configuration leaves the step out", async () => {
    await using system = await liveSystem({ config: config(reboot, "configurator: nmstate\n") });
    const { lab } = system;
    await lab.run("--once", "--install");
    expect(toolkitRecord(lab)?.hook.stages["before-install"]).toHaveLength(4);
  });

  test("CLI-51 CLI-36 the registration document holds the merged section", async () => {
    const remote = `elemental: {install: {${reboot}}, registration: {url: "https://new/elemental/registration/x"}}\n`;
    await using system = await liveSystem({ config: remote });
    const { lab } = system;
    await lab.run("--once", "--install");
    const content = toolkitRecord(lab)?.hook.stages["before-install"]?.[0]?.files?.[0]?.content ?? "";
    const [step] = (parse(content) as ParsedYip).stages["initramfs"] ?? [];
    expect(step?.if).toBe("[ ! -f /oem/registration/config.yaml ]");
    expect(step?.directories).toMatchObject([{ path: "/oem/registration", permissions: 0o700 }]);
    expect(step?.files).toMatchObject([{ path: "/oem/registration/config.yaml", permissions: 0o600 }]);
    expect(parse(step?.files?.[0]?.content ?? "")).toEqual({
      elemental: {
        registration: {
          url: "https://new/elemental/registration/x",
          auth: "mac",
          "emulated-tpm-seed": 1,
          labels: { env: "prod" },
        },
      },
    });
  });

  test("the state document holds the state that was saved", async () => {
    await using system = await liveSystem({ config: config(reboot) });
    const { lab } = system;
    await lab.run("--once", "--install");
    const content = toolkitRecord(lab)?.hook.stages["before-install"]?.[1]?.files?.[0]?.content ?? "";
    const [step] = (parse(content) as ParsedYip).stages["initramfs"] ?? [];
    expect(step?.if).toBe("[ ! -f /oem/registration/state.yaml ]");
    expect(step?.files?.[0]?.content).toBe(lab.read("tmp/registration/state.yaml"));
  });

  test("what others left in the hook directory is not executed, a foreign one is refused", async () => {
    await using system = await liveSystem({ config: config(reboot) });
    const { lab } = system;
    lab.write({ "tmp/elemental/cloud-init/evil.yaml": "stages: {}\n" });
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 0 });
    expect(toolkitRecord(lab)?.listing).not.toContain("evil");
    rmSync(join(lab.root, installedMark));
    mkdirSync(join(lab.root, "elsewhere"));
    symlinkSync("../../elsewhere", join(lab.root, "tmp/elemental/cloud-init"));
    const { status, stderr } = await lab.run("--once", "--install");
    expect(status).toBe(255);
    expect(stderr).toContain("is no directory");
  });
});

describe("the toolkit's call", () => {
  test("CLI-56 an empty install section", async () => {
    await using system = await liveSystem({ config: "elemental: {}\n" });
    const { lab } = system;
    await lab.run("--once", "--install");
    expect(toolkitRecord(lab)?.env).toEqual({
      ELEMENTAL_INSTALL_TARGET: "/dev/vda",
      ELEMENTAL_INSTALL_SYSTEM: "",
      ELEMENTAL_INSTALL_FIRMWARE: "",
      ELEMENTAL_INSTALL_ISO: "",
      ELEMENTAL_INSTALL_TTY: "",
      ELEMENTAL_INSTALL_DISABLE_BOOT_ENTRY: "false",
      ELEMENTAL_INSTALL_NO_FORMAT: "false",
      ELEMENTAL_POWEROFF: "false",
      ELEMENTAL_REBOOT: "false",
      ELEMENTAL_EJECT_CD: "false",
      ELEMENTAL_CLOUD_INIT_PATHS: "/tmp/elemental/cloud-init",
    });
  });

  test("CLI-58 a full install section, config-urls are passed on", async () => {
    const full = [
      "firmware: efi, device: /dev/vdb, no-format: true, config-urls: [/a, https://b/c], iso: https://i",
      "system-uri: oci:os, tty: ttyS0, poweroff: true, reboot: true, eject-cd: true, disable-boot-entry: true",
      "snapshotter: {type: btrfs, maxSnaps: 4}",
    ].join(", ");
    await using system = await liveSystem({ config: config(full) });
    const { lab } = system;
    await lab.run("--once", "--install");
    expect(toolkitRecord(lab)?.env).toMatchObject({
      ELEMENTAL_INSTALL_TARGET: "/dev/vdb",
      ELEMENTAL_INSTALL_SYSTEM: "oci:os",
      ELEMENTAL_INSTALL_FIRMWARE: "efi",
      ELEMENTAL_INSTALL_ISO: "https://i",
      ELEMENTAL_INSTALL_TTY: "ttyS0",
      ELEMENTAL_INSTALL_DISABLE_BOOT_ENTRY: "true",
      ELEMENTAL_INSTALL_NO_FORMAT: "true",
      ELEMENTAL_POWEROFF: "true",
      ELEMENTAL_REBOOT: "true",
      ELEMENTAL_EJECT_CD: "true",
      ELEMENTAL_SNAPSHOTTER_TYPE: "btrfs",
      ELEMENTAL_SNAPSHOTTER_MAX_SNAPS: "4",
      ELEMENTAL_INSTALL_CLOUD_INIT: "/a,https://b/c",
    });
  });

  test("a config-url with a comma is refused before anything is written", async () => {
    await using system = await liveSystem({ config: config('config-urls: ["a,b"]') });
    const { lab } = system;
    expect((await lab.run("--once", "--install")).stderr).toContain("contains a comma");
    expect(toolkitRecord(lab)).toBeUndefined();
  });

  test("CLI-55 debug and config-dir become arguments", async () => {
    await using system = await liveSystem({ config: config("debug: true, config-dir: /c") });
    const { lab } = system;
    await lab.run("--once", "--install");
    expect(toolkitRecord(lab)?.argv).toBe("elemental --debug --config-dir /c install");
  });

  test("CLI-57 --disable-boot-entry holds unless the server says false", async () => {
    await using system = await liveSystem({ config: config(reboot) });
    const { lab, server } = system;
    const boot = () => toolkitRecord(lab)?.env["ELEMENTAL_INSTALL_DISABLE_BOOT_ENTRY"];
    await lab.run("--once", "--install", "--disable-boot-entry");
    expect(boot()).toBe("true");
    rmSync(join(lab.root, installedMark));
    server.script.config = config("disable-boot-entry: false");
    await lab.run("--once", "--install", "--disable-boot-entry");
    expect(boot()).toBe("false");
  });

  test("CLI-59 the toolkit's failure is the client's, the next attempt is an update", async () => {
    await using system = await liveSystem({ config: config(reboot) });
    const { lab, server } = system;
    addToolkit(lab, 56);
    const { status, stderr } = await lab.run("--install");
    expect(status).toBe(255);
    expect(stderr).toContain("elemental install ended with status 56: partitioning failed");
    expect(lab.has("tmp/elemental/cloud-init")).toBe(false);
    await lab.run("--install");
    expect(server.exchanges.map(({ types }) => types.includes(10))).toEqual([false, true]);
  });

  test("a machine that the server forgot registers anew on a live system, not on an installed one", async () => {
    const answer: ServerScript["answer"] = (type) =>
      type === 10 ? errorAnswer("MachineInventory not found") : undefined;
    await using system = await liveSystem({ config: config(reboot), answer });
    const { lab, server } = system;
    lab.write({
      "tmp/registration/state.yaml": "initialRegistration: 2020-01-01T00:00:00Z\n",
      "oem/registration/state.yaml": "initialRegistration: 2020-01-01T00:00:00Z\n",
    });
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 0 });
    expect(lab.read("tmp/registration/state.yaml")).not.toContain("2020-");
    expect(server.exchanges).toHaveLength(2);
    const { status, stderr } = await lab.run("--once");
    expect(status).toBe(255);
    expect(stderr).toContain("FATAL: update error: MachineInventory not found");
    expect(lab.read("oem/registration/state.yaml")).toContain("2020-");
  });
});

test("CLI-62 without toolkit the agent's files are written to the running system", async () => {
  await using system = await liveSystem({ config: `elemental: {${agent}}\n` });
  const { lab } = system;
  expect(await lab.run("--once", "--install", "--no-toolkit")).toMatchObject({ status: 0 });
  const files = [
    "var/lib/elemental/agent/elemental_connection.json",
    "etc/rancher/elemental/agent/config.yaml",
    "etc/rancher/elemental/agent/envs",
  ];
  for (const file of files) expect(statSync(join(lab.root, file)).mode & 0o777).toBe(0o600);
  expect(statSync(join(lab.root, "var/lib/elemental/agent")).mode & 0o777).toBe(0o700);
  expect(toolkitRecord(lab)).toBeUndefined();
});

test("an installation without restart is verified on the OEM partition", async () => {
  await using system = await liveSystem({ config: config("") });
  const { lab } = system;
  lab.write({ "dev/disk/by-label/COS_OEM": "" });
  const { status, stderr } = await lab.run("--once", "--install");
  expect(status).toBe(255);
  expect(stderr).toContain("the installation left no elemental-registration.yaml");
  expect(lab.read("calls")).toMatch(/^mount -o ro .*\numount /);
});

test("what cannot be verified is told and does not make the installation fail", async () => {
  await using system = await liveSystem({ config: config("") });
  const { lab } = system;
  lab.write({ "dev/disk/by-label/COS_OEM": "" });
  addProgram(lab.root, "mount", "echo busy >&2; exit 32");
  const { status, stderr } = await lab.run("--once", "--install");
  expect(status).toBe(0);
  expect(stderr).toMatch(/W.*were not verified: mount .* ended with status 32: busy/);
});

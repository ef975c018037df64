import { describe, expect, test } from "vitest";
import { addToolkit, liveSystem, toolkitRecord } from "../testing/index.ts";

const recovery = { "run/elemental/recovery_mode": "1" };
const plan = "oem/reset-cloud-config.yaml";
const config = "elemental: {reset: {enabled: true, reset-persistent: true, reset-oem: true, reboot: true}}\n";

test("CLI-49 the hook of a reset", async () => {
  await using system = await liveSystem({ config });
  const { lab } = system;
  lab.write(recovery);
  expect(await lab.run("--once", "--reset")).toMatchObject({ status: 0 });
  const stages = toolkitRecord(lab)?.hook.stages ?? {};
  expect(Object.keys(stages)).toEqual(["before-reset", "post-reset"]);
  expect(stages["before-reset"]?.map(({ files }) => files?.[0]?.path)).toEqual([
    "/oem/elemental-registration.yaml",
    "/oem/elemental-state.yaml",
    "/oem/elemental-cloud-init.yaml",
    "/oem/elemental-system-agent.yaml",
    "/oem/elemental-network.yaml",
  ]);
  expect(stages["post-reset"]?.[0]?.commands).toEqual(["rm -f /oem/reset-cloud-config.yaml"]);
});

test("the environment and arguments of a reset, CLI-55 with debug", async () => {
  await using system = await liveSystem({
    config: "elemental: {reset: {debug: true, reset-oem: true, system-uri: oci:x, config-urls: [/a, /b]}}\n",
  });
  const { lab } = system;
  lab.write(recovery);
  await lab.run("--once", "--reset", "--disable-boot-entry");
  expect(toolkitRecord(lab)?.argv).toBe("elemental --debug reset");
  expect(toolkitRecord(lab)?.env).toEqual({
    ELEMENTAL_RESET_SYSTEM: "oci:x",
    ELEMENTAL_RESET_PERSISTENT: "false",
    ELEMENTAL_RESET_OEM: "true",
    ELEMENTAL_RESET_DISABLE_BOOT_ENTRY: "true",
    ELEMENTAL_POWEROFF: "false",
    ELEMENTAL_REBOOT: "false",
    ELEMENTAL_RESET_CLOUD_INIT: "/a,/b",
    ELEMENTAL_CLOUD_INIT_PATHS: "/tmp/elemental/cloud-init",
  });
});

test("CLI-23 a reset registers as a new machine and saves a new time", async () => {
  await using system = await liveSystem({ config });
  const { lab, server } = system;
  lab.write({ ...recovery, "oem/registration/state.yaml": "initialRegistration: 2020-01-01T00:00:00Z\n" });
  expect(await lab.run("--once", "--reset")).toMatchObject({ status: 0 });
  expect(server.exchanges[0]?.types).not.toContain(10);
  expect(lab.read("oem/registration/state.yaml")).toMatch(/^initialRegistration: 20(?!20)/);
});

describe("CLI-60 the reset plan", () => {
  test.each([
    ["is removed after a success", 0, false],
    ["stays after a failure", 1, true],
  ])("%s", async (_name, status, stays) => {
    await using system = await liveSystem({ config });
    const { lab } = system;
    lab.write({ ...recovery, [plan]: "x" });
    addToolkit(lab, status);
    expect((await lab.run("--once", "--reset")).status).toBe(status === 0 ? 0 : 255);
    expect(lab.has(plan)).toBe(stays);
  });
});

test("CLI-61 without toolkit there is nothing to reset", async () => {
  await using system = await liveSystem({ config });
  const { lab, server } = system;
  const { status, stderr } = await lab.run("--once", "--reset", "--no-toolkit");
  expect(status).toBe(0);
  expect(stderr).toContain("not managed by the toolkit");
  expect(server.exchanges).toHaveLength(1);
  expect(toolkitRecord(lab)).toBeUndefined();
});

test("outside the recovery system a reset fails before the server is asked", async () => {
  await using system = await liveSystem({ config });
  const { lab, server } = system;
  const { status, stderr } = await lab.run("--once", "--reset");
  expect(status).toBe(255);
  expect(stderr).toContain("recovery mode only");
  expect(server.attempts).toBe(0);
});

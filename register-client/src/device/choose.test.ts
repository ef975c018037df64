import { describe, expect, test } from "vitest";
import { liveSystem, toolkitRecord } from "../testing/index.ts";

const config = (install: string) => `elemental: {install: {${install}}}\n`;

describe("the device", () => {
  test("CLI-39 the configured device wins over a selector, with a warning", async () => {
    const selector = "device-selector: [{key: Name, operator: In, values: [sdb]}]";
    await using system = await liveSystem({ config: config(`device: /dev/vda, ${selector}`) });
    const { lab } = system;
    const { stderr } = await lab.run("--once", "--install");
    expect(stderr).toContain("device-selector is ignored");
    expect(toolkitRecord(lab)?.env["ELEMENTAL_INSTALL_TARGET"]).toBe("/dev/vda");
  });

  test("CLI-45 the live medium is not chosen", async () => {
    const disks = [
      { name: "sr0", bytes: 1_000_000_000n, removable: true },
      { name: "vda", bytes: 20_000_000_000n },
    ];
    await using system = await liveSystem({ config: config("reboot: true") }, { disks });
    const { lab } = system;
    lab.write({ "proc/mounts": "/dev/sr0 /run/initramfs/live iso9660 ro 0 0\n" });
    const { stderr } = await lab.run("--once", "--install");
    expect(toolkitRecord(lab)?.env["ELEMENTAL_INSTALL_TARGET"]).toBe("/dev/vda");
    expect(stderr).toContain("disk sr0: is the live medium");
  });

  test.each([
    ["CLI-46", "Size", "Gt", "[900Gi]", "no device found matching selector"],
    ["CLI-43", "Size", "In", "[100Gi]", "cannot use In operator"],
    ["CLI-47", "Size", "Gt", "[]", "needs a value"],
  ])("%s no choice, no toolkit call", async (...[, key, operator, values, message]) => {
    const selector = `device-selector: [{key: ${key}, operator: ${operator}, values: ${values}}]`;
    await using system = await liveSystem({ config: config(selector) });
    const { lab } = system;
    const { status, stderr } = await lab.run("--once", "--install");
    expect(status).toBe(255);
    expect(stderr).toContain(message);
    expect(toolkitRecord(lab)).toBeUndefined();
    expect(lab.has("tmp/elemental")).toBe(false);
  });
});

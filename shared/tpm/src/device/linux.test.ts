import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLinuxTpm } from "./linux.ts";

describe("Linux TPM", () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), "tpm-linux-"));
    await mkdir(join(root, "dev"));
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  const sysfs = async (version: string) => {
    await mkdir(join(root, "sys/class/tpm/tpm0"), { recursive: true });
    await writeFile(join(root, "sys/class/tpm/tpm0/tpm_version_major"), `${version}\n`);
  };

  it("no TPM says what to do", async () => {
    await expect(openLinuxTpm(root)).rejects.toThrow(
      expect.objectContaining({ code: "DeviceMissing", message: expect.stringContaining("emulate-tpm") }),
    );
  });

  it("a TPM 1.2 is not supported", async () => {
    await sysfs("1");
    await expect(openLinuxTpm(root)).rejects.toThrow(/TPM 1\.2/);
  });

  it("a TPM without device node names both paths", async () => {
    await sysfs("2");
    await expect(openLinuxTpm(root)).rejects.toThrow(/dev\/tpmrm0: ENOENT, .*dev\/tpm0: ENOENT/);
  });

  it.each(["tpmrm0", "tpm0"])("%s is opened where it is there", async (node) => {
    await sysfs("2");
    await writeFile(join(root, "dev", node), "");
    const device = await openLinuxTpm(root);
    await device.close();
    await device.close();
  });

  it("the resource manager comes first, and is found without sysfs", async () => {
    await writeFile(join(root, "dev/tpm0"), "raw");
    await writeFile(join(root, "dev/tpmrm0"), "managed");
    const device = await openLinuxTpm(root);
    await device.transmit(Buffer.from("x"));
    await device.close();
    expect(await readFile(join(root, "dev/tpmrm0"), "utf8")).toBe("xanaged");
    expect(await readFile(join(root, "dev/tpm0"), "utf8")).toBe("raw");
  });
});

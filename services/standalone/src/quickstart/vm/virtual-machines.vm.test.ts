import { createHash } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { type MachineInventory, machineInventories, machineRegistrations, namespaces } from "@elemental/api";
import { Closers, createLogger } from "@elemental/service";
import { machineFacts } from "@elemental/test";
import { makeLiveIso, manufacturer, readInstalledFile, readPartitions, type StubRecord } from "@elemental/test/vm";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { parse } from "yaml";
import { awaitObject, isReady } from "../../await-object.ts";
import { sharedOptions } from "../../options/standalone-options.ts";
import { type Standalone, startStandalone } from "../../standalone.ts";
import { adopt, applyBootstrapPlans, applyFirstPlans } from "../flow/adoption.ts";
import { name, namespace, registration } from "../flow/objects.ts";
import { buildSeedImage, downloadSeedImage } from "../flow/seed-image.ts";
import { reachableByGuests } from "./guest-network.ts";
import { type InstalledMachine, installMachine, machineName } from "./virtual-machines.ts";

// A real boot to a real hand-over, in emulated machines with BIOS and UEFI firmware and a TPM: the seed image of a live system
// made of Debian packages registers them, installs them, and what was installed starts and follows its plan.
const firmwares = ["bios", "uefi"] as const;
/** What the services log, one JSON text per line. */
const logged: string[] = [];
const destination = new Writable({
  write(chunk, _encoding, done) {
    logged.push(String(chunk));
    done();
  },
});
const log = createLogger({ name: "vm", level: "info", destination });
const closers = new Closers(log);
let standalone: Standalone;
let machines: InstalledMachine[];

/** Of the image: with only one TPM device left, it is known which one the client uses; and where its hooks are executed. */
const cloudConfig = {
  name: "Of the SeedImage",
  stages: {
    boot: [{ commands: ["rm /dev/tpm0"] }],
    "post-install": [{ commands: ["grep -o CDLABEL=COS_LIVE /proc/cmdline >/run/elemental/oem/post-install"] }],
  },
};

beforeAll(async () => {
  const directory = await mkdtemp(join(tmpdir(), "elemental-vm-"));
  closers.add("directory", () => rm(directory, { recursive: true, force: true }));
  const flags = { listen: "127.0.0.1:0", "api-listen": "127.0.0.1:0", "health-listen": "127.0.0.1:0" };
  const options = sharedOptions({ ...flags, "log-level": "warn" }, join(directory, "data"));
  standalone = await startStandalone(await reachableByGuests(options), log);
  closers.add("standalone", async () => void (await standalone.close()));
  const { kube } = standalone;
  await kube.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await kube.create(machineRegistrations, registration);
  await awaitObject(kube, machineRegistrations, { namespace, name }, isReady);
  const baseImage = await makeLiveIso(directory);
  const image = await buildSeedImage(standalone, { baseImage, "cloud-config": cloudConfig });
  const { iso } = await downloadSeedImage(image, standalone, directory);
  const boot = { iso: iso.path, directory, note: (line: string) => process.stdout.write(`${line}\n`), closers };
  machines = await Promise.all(firmwares.map((firmware) => installMachine(kube, firmware, boot)));
  await applyFirstPlans(kube, machines);
});

afterAll(() => closers.closeAll(60_000));

describe.each(firmwares.map((firmware, index) => ({ firmware, index })))("a machine with $firmware", (it) => {
  const facts = machineFacts(machineName(it.firmware));
  const machine = () => machines[it.index] as InstalledMachine;
  const oem = (path: string) => readInstalledFile(machine().vm.disk, "oem", path);
  const inventory = (): Promise<MachineInventory> => standalone.kube.get(machineInventories, machine().key);

  test("registers by its TPM through /dev/tpmrm0", async () => {
    const { console } = machine().vm;
    await console.says(/executed: rm \/dev\/tpm0/);
    const [, identity] = await console.says(/identity of this machine \(tpm\): (\w{64})/);
    expect((await inventory()).spec?.tpmHash).toBe(identity);
  });

  test("has an inventory with the labels of its firmware, Ready after its agent applied the plan", async () => {
    const { metadata, status } = await inventory();
    expect(metadata.labels).toMatchObject({ manufacturer, serialNumber: facts.serial });
    expect(status?.conditions).toContainEqual(expect.objectContaining({ type: "Ready", status: "True" }));
    await machine().vm.console.says(/plan \w+ applied/);
  });

  test("CLI-84 the toolkit is called with the variables, the hook and the live medium, and reboots", async () => {
    const { console, disk } = machine().vm;
    const record = JSON.parse(await oem("/stub-record.json")) as StubRecord;
    expect(record.argv).toEqual(["install"]);
    expect(record.env).toEqual({
      ELEMENTAL_INSTALL_TARGET: "/dev/vda",
      ELEMENTAL_INSTALL_SYSTEM: "",
      ELEMENTAL_INSTALL_FIRMWARE: "",
      ELEMENTAL_INSTALL_ISO: "",
      ELEMENTAL_INSTALL_TTY: "",
      ELEMENTAL_INSTALL_DISABLE_BOOT_ENTRY: "false",
      ELEMENTAL_INSTALL_NO_FORMAT: "false",
      ELEMENTAL_POWEROFF: "false",
      ELEMENTAL_REBOOT: "true",
      ELEMENTAL_EJECT_CD: "false",
      ELEMENTAL_SNAPSHOTTER_TYPE: "loopdevice",
      ELEMENTAL_SNAPSHOTTER_MAX_SNAPS: "2",
      ELEMENTAL_CLOUD_INIT_PATHS: "/tmp/elemental/cloud-init",
    });
    expect(record.liveMedium).toEqual(expect.arrayContaining(["livecd-cloud-config.yaml", "iso-config/"]));
    expect(record.kernelCommandLine).toContain("elemental.setup=/run/initramfs/live/iso-config");
    expect(record.uefi).toBe(it.firmware === "uefi");
    const [[path, hook] = []] = Object.entries(record.hookFiles);
    expect(path).toBe("/tmp/elemental/cloud-init/elemental-before-hook.yaml");
    expect(hook?.sha256).toBe(
      createHash("sha256")
        .update(hook?.text ?? "")
        .digest("hex"),
    );
    for (const { files } of parse(hook?.text ?? "").stages["before-install"]) {
      expect(await oem(files[0].path.replace("/run/elemental/oem", ""))).toBe(files[0].content);
    }
    const names = (await readPartitions(disk)).map((partition) => partition.name);
    expect(names).toEqual(["bios", "efi", "oem", "recovery", "state", "persistent"]);
    await console.says(/\[demo elemental\] reboot/);
    await console.says(/initramfs: installed system, mode active/);
  });

  test("CLI-78 the post-install stage of the SeedImage's cloud-config is executed during the installation", async () => {
    expect(await oem("/post-install")).toBe("CDLABEL=COS_LIVE\n");
  });

  test("CLI-21 the installed system reports as the machine that was registered", async () => {
    const inventoryName = `${namespace}/${machine().key.name}`;
    const updated = (line: string) => line.includes('"machine updated"') && line.includes(`"${inventoryName}"`);
    await vi.waitUntil(() => logged.some(updated), { timeout: 300_000, interval: 500 });
    const { items } = await standalone.kube.list(machineInventories, { namespace });
    expect(items).toHaveLength(firmwares.length);
  });
});

test("both are adopted and carry out their bootstrap plans", async () => {
  await adopt(standalone.kube, firmwares.length);
  await applyBootstrapPlans(standalone.kube, machines);
});

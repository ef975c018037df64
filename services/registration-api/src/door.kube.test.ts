import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type MachineInventory, type MachineRegistration, machineInventories, objectKey } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { createMachine } from "@elemental/test";
import { connectAs } from "@elemental/test/account";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { openAttestor } from "@elemental/tpm";
import { hasSwtpm, startSwtpm, swtpmInstallHint } from "@elemental/tpm/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, inject, onTestFinished, test } from "vitest";
import { addReadyRegistration, openClusterDoor, registerPlain } from "./testing/cluster-door.ts";
import { RawClient } from "./testing/raw-client.ts";
import { tell } from "./testing/register.ts";

let cluster: TestCluster;
let own: Kube;
let namespace: string;
const swtpmMissing = (await hasSwtpm()) ? "" : ` (skipped without swtpm: ${swtpmInstallHint})`;
const withSwtpm = test.skipIf(swtpmMissing !== "");

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"));
  own = await connectAs("registration-api");
});
afterAll(async () => {
  await own?.close();
  await cluster?.close();
});
beforeEach(async () => {
  namespace = await cluster.createNamespace();
});

const openDoor = () => openClusterDoor(own);
const addRegistration = (spec: Spec, ...ports: number[]) =>
  addReadyRegistration(cluster.kube, { namespace, spec }, ports);
const register = (path: string, port: number, told: Parameters<typeof tell>[1] = {}) =>
  registerPlain({ path, port, identifier: `${namespace}aa:bb` }, told);

type Spec = NonNullable<MachineRegistration["spec"]>;

async function inventories(): Promise<MachineInventory[]> {
  return (await cluster.kube.list(machineInventories, { namespace })).items;
}

const mac = (more: Partial<Spec> = {}): Spec => ({
  ...more,
  config: { elemental: { registration: { auth: "mac" } }, ...more.config },
});

describe("the door on a Kubernetes API", () => {
  test("REG-4 REG-95 seeds and defaults are those of the API server", async () => {
    const port = await openDoor();
    const elemental = { registration: { "emulated-tpm-seed": -7178405686718862507n, auth: "mac" }, install: {} };
    const path = await addRegistration({ config: { elemental, "cloud-config": { n: 9007199254740993n } } }, port);
    expect(await (await fetch(`http://127.0.0.1:${port}${path}`)).text()).toContain(
      "emulated-tpm-seed: -7178405686718862507\n",
    );
    const answer = await register(path, port);
    expect(answer).toContain(
      "    install:\n        snapshotter:\n            type: loopdevice\n            maxSnaps: 2\n",
    );
    expect(answer).toContain(
      "    reset:\n        enabled: false\n        reset-persistent: true\n        reset-oem: true\n        reboot: true\n",
    );
    const digits = [..."9007199254740993"].map((digit) => `            - ${digit.charCodeAt(0)}\n`).join("");
    expect(answer).toContain(`    "n":\n        raw:\n${digits}        object: null\n`);
  });

  test.each([
    ["a plain name", "node-${Runtime/Hostname}"],
    ["no name", undefined],
    ["a random name", "n-${Random/Hex/10}"],
  ])("REG-91 one machine at three replicas at once, with %s, is one inventory", async (_name, machineName) => {
    const ports = await Promise.all([openDoor(), openDoor(), openDoor()]);
    const path = await addRegistration(mac({ ...(machineName !== undefined && { machineName }) }), ...ports);
    const data = { Runtime: { Hostname: "h1" } };
    const answers = await Promise.all(
      [...ports, ...ports, ...ports, ...ports].map((port) => register(path, port, { data })),
    );
    expect(answers.filter((answer) => !answer.startsWith("elemental:"))).toEqual([]);
    expect(await inventories()).toHaveLength(1);
  });

  test("an inventory that the API server does not take is a reason, not an object", async () => {
    const port = await openDoor();
    const path = await addRegistration(mac({ machineInventoryLabels: { "not a key": "x" } }), port);
    expect(await register(path, port)).toContain("message: 'the MachineInventory is invalid: check the labels");
    expect(await inventories()).toEqual([]);
  });

  test("what the machine told is stored as the definition allows it", async () => {
    const port = await openDoor();
    const path = await addRegistration(mac({ machineName: "m" }), port);
    const Disks = { "0": { Name: "sda", Model: "M", Size: "600" }, sda: { Name: "sda", Model: "M", Size: "600" } };
    await register(path, port, { data: { CPU: { TotalCores: "4" }, Storage: { Disks } }, labels: { own: "1" } });
    const [first] = await inventories();
    expect(first?.spec?.hardware).toEqual({ cpu: { cores: 4 }, disks: [{ name: "sda", model: "M", sizeBytes: 600 }] });
    await register(path, port, { data: { CPU: { TotalThreads: "8" } } });
    const [second] = await inventories();
    expect(second?.spec?.hardware).toEqual({ cpu: { threads: 8 } });
    expect(second?.metadata.labels).toEqual({ "elemental.cattle.io/own": "1" });
    expect(second?.spec?.credential?.previousHash).toBe(first?.spec?.credential?.hash);
  });

  test("a conflict with another writer is no matter", async () => {
    const port = await openDoor();
    const path = await addRegistration(mac(), port);
    await register(path, port);
    const [inventory] = await inventories();
    if (!inventory) throw new Error("no inventory");
    let writing = true;
    const writer = (async () => {
      for (let i = 0; writing; i++) {
        const body = { status: { plan: { checksum: String(i) } } };
        await cluster.kube.patchStatus(machineInventories, objectKey(inventory), { type: "merge", body });
      }
    })();
    const answers = await Promise.all([register(path, port), register(path, port)]);
    writing = false;
    await writer;
    expect(answers.filter((answer) => !answer.startsWith("elemental:"))).toEqual([]);
  });
});

describe("real parts", () => {
  withSwtpm.each(["rsa", "ecc"] as const)(
    `a TPM with an endorsement key of kind %s registers${swtpmMissing}`,
    async (kind) => {
      const dir = await mkdtemp(join(tmpdir(), "door-"));
      const swtpm = await startSwtpm(dir);
      const attestor = await openAttestor({ kind: "swtpm", address: swtpm.address }, kind);
      onTestFinished(async () => {
        await attestor.close();
        await swtpm.stop();
        await rm(dir, { recursive: true, force: true });
      });
      const port = await openDoor();
      const path = await addRegistration({ machineName: "m" }, port);
      const client = await RawClient.upgrade(port, path, `Bearer TPM${await attestor.document()}`);
      expect((await client.answer()).status).toBe(101);
      client.send(await attestor.answer(await client.message()));
      expect((await client.message()).toString("hex")).toBe("01");
      expect(await tell(client)).toMatch(/^elemental:/);
      expect((await inventories())[0]?.spec?.tpmHash).toBe(await attestor.endorsementKeyHash());
    },
  );

  withSwtpm(`the register client installs, and registers again as the same machine${swtpmMissing}`, async () => {
    const port = await openDoor();
    const path = await addRegistration(
      { machineName: "${Runtime/Hostname}", config: { elemental: { registration: { auth: "tpm" } } } },
      port,
    );
    const registration = await (await fetch(`http://127.0.0.1:${port}${path}`)).text();
    const machine = await createMachine({ name: `sim-${namespace}`, registration, inProcess: true, args: ["--once"] });
    onTestFinished(() => machine.stop());
    expect(await machine.register("install")).toMatchObject({ status: 0 });
    const [inventory] = await inventories();
    expect(inventory).toMatchObject({
      metadata: { name: `sim-${namespace}` },
      spec: { hardware: { cpu: expect.anything() } },
    });
    expect(await machine.register("update")).toMatchObject({ status: 0 });
    expect((await inventories()).map(({ metadata }) => metadata.uid)).toEqual([inventory?.metadata.uid]);
  });
});

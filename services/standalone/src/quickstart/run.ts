import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { machineInventorySelectorTemplates, machineRegistrations, namespaces } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import type { Closers } from "@elemental/service";
import { makeLiveIso } from "@elemental/test/vm";
import { awaitObject, isReady } from "../await-object.ts";
import type { Standalone } from "../standalone.ts";
import { adopt, applyBootstrapPlans, applyFirstPlans } from "./flow/adoption.ts";
import { baseImageFor } from "./flow/base-image.ts";
import { createIfMissing } from "./flow/create-if-missing.ts";
import { type RegisteredMachine, readInventory, registerMachines } from "./flow/machines.ts";
import { name, namespace, registration, template } from "./flow/objects.ts";
import { buildSeedImage, downloadSeedImage } from "./flow/seed-image.ts";
import type { QuickstartOptions } from "./options.ts";
import type { Progress } from "./progress.ts";
import type { FlowResult } from "./summary.ts";
import { consoleOf, installMachine } from "./vm/virtual-machines.ts";

/** What a flow is run with; what it starts ends with `closers`, also after an interruption. */
export interface FlowContext {
  progress: Progress;
  closers: Closers;
}

/** The path from nothing to adopted machines, step by step, as a user with kubectl would walk it. */
export async function runFlow(
  standalone: Standalone,
  options: QuickstartOptions,
  { progress, closers }: FlowContext,
): Promise<FlowResult> {
  const { kube } = standalone;
  const count = options.machines;
  const work = await mkdtemp(join(options.standalone.dataDir, "quickstart-"));
  closers.add("work directory", () => rm(work, { recursive: true, force: true }));

  const ready = await progress.step("registration", "Create a MachineRegistration", () => createRegistration(kube));
  await progress.step("template", "Create a MachineInventorySelectorTemplate", () =>
    createIfMissing(() => kube.create(machineInventorySelectorTemplates, template)),
  );
  const base = await progress.step("base-image", "Prepare the base image", () =>
    options.vm ? makeLiveIso(work) : baseImageFor(options.baseIso, work),
  );
  const seedImage = await progress.step("seed-image", "Build the SeedImage in its Pod", () =>
    buildSeedImage(standalone, { baseImage: base }),
  );
  const download = await progress.step("download", "Download it and check its checksum", () =>
    downloadSeedImage(seedImage, standalone, work),
  );
  const machines = await machinesFor(options, { kube, download, work, progress, closers });
  await progress.step("plan", "Apply the first plan", () => applyFirstPlans(kube, machines));
  const selectors = await progress.step("adopt", "Adopt by a MachineInventorySelector", () => adopt(kube, count));
  await progress.step("bootstrap", "Apply the bootstrap plan", () => applyBootstrapPlans(kube, machines));
  const inventories = await Promise.all(machines.map((machine) => readInventory(kube, machine)));
  return {
    registration: ready,
    seedImage,
    iso: download.iso,
    inventories,
    selectors,
    simulated: simulatedIn(options, work),
  };
}

function simulatedIn({ vm }: QuickstartOptions, work: string): string {
  if (!vm)
    return "the machine's hardware (its TPM is a real swtpm), the installer and the system agent on it, and Cluster API.";
  return `the machine is emulated by QEMU, with a swtpm TPM; stand-ins are the installer and the system agent on it, and
Cluster API. Its console: ${consoleOf(work, vm)}`;
}

interface Boot extends FlowContext {
  kube: Kube;
  download: Awaited<ReturnType<typeof downloadSeedImage>>;
  work: string;
}

/** Machines started from the seed image, registered and installed. */
function machinesFor(
  { vm, machines: count }: QuickstartOptions,
  { kube, download, work, progress, closers }: Boot,
): Promise<RegisteredMachine[]> {
  const { note } = progress;
  if (vm) {
    const title = `Boot a virtual machine (${vm}) from it: register by its TPM, install, restart`;
    const boot = { iso: download.iso.path, directory: work, note, closers };
    return progress.step("register", title, async () => [await installMachine(kube, vm, boot)]);
  }
  const title = `Register ${count} simulated machine(s), each with a swtpm TPM`;
  const { registration } = download;
  return progress.step("register", title, () => registerMachines(kube, { registration, count, note, closers }));
}

async function createRegistration(kube: Kube) {
  await createIfMissing(() =>
    kube.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } }),
  );
  await createIfMissing(() => kube.create(machineRegistrations, registration));
  return awaitObject(kube, machineRegistrations, { namespace, name }, isReady);
}

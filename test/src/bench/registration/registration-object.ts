import { setTimeout as delay } from "node:timers/promises";
import { apiVersion, conditionTypes, isTrue, type MachineRegistration, machineRegistrations } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import type { AuthMethod } from "./machine.ts";

const deadlineMs = 30_000;

/** Creates the MachineRegistration that machines use, and resolves to its token once it can be used. */
export async function createRegistration(kube: Kube, namespace: string, auth: AuthMethod): Promise<string> {
  const registration: MachineRegistration = {
    apiVersion,
    kind: "MachineRegistration",
    metadata: { name: "bench", namespace },
    spec: {
      machineName: "machine-${System Information/UUID}",
      machineInventoryLabels: {
        site: "bench",
        manufacturer: "${System Information/Manufacturer}",
        serialNumber: "${System Information/Serial Number}",
      },
      config: {
        "cloud-config": { users: [{ name: "root", passwd: "bench" }] },
        elemental: { install: { device: "/dev/vda", reboot: true }, registration: { auth } },
      },
    },
  };
  await kube.create(machineRegistrations, registration);
  const deadline = Date.now() + deadlineMs;
  while (Date.now() < deadline) {
    const { status } = await kube.get(machineRegistrations, { namespace, name: "bench" });
    if (status?.registrationToken && isTrue(status.conditions, conditionTypes.ready)) return status.registrationToken;
    await delay(100);
  }
  throw new Error("the MachineRegistration of the benchmark did not become ready");
}

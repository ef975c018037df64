import { type CustomResourceDefinition, type KubeObject, type Machine, machines, secrets } from "@elemental/api";
import type { Kube } from "@elemental/kube";
import { installDefinitions } from "../../definitions.ts";
import { createIfMissing } from "./create-if-missing.ts";
import { namespace } from "./objects.ts";

const version = "v1beta2";
const machineType = machines(version);

/** Just enough of Cluster API's Machine kind for an object of it to exist. */
const definition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: `${machineType.plural}.${machineType.group}` },
  spec: {
    group: machineType.group,
    scope: "Namespaced",
    names: { kind: "Machine", listKind: "MachineList", plural: machineType.plural, singular: "machine" },
    versions: [
      {
        name: version,
        served: true,
        storage: true,
        schema: { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } },
      },
    ],
  },
} as KubeObject as CustomResourceDefinition;

const bootstrapScript = `#!/bin/sh
# In a real cluster this is the installer of RKE2 or K3s.
echo "joined the demo cluster"
`;

/**
 * Plays the part of Cluster API, which quickstart does not install: makes its Machine kind known, unless it is, and
 * creates one Machine with bootstrap data for each name. Returns the Machines.
 */
export async function createClusterApiMachines(kube: Kube, names: string[]): Promise<Machine[]> {
  if (!(await kube.serves(machineType))) await installDefinitions(kube, [definition]);
  return Promise.all(names.map((name) => createMachine(kube, name)));
}

async function createMachine(kube: Kube, name: string): Promise<Machine> {
  const dataSecretName = `${name}-bootstrap`;
  const value = Buffer.from(bootstrapScript).toString("base64");
  await createIfMissing(() =>
    kube.create(secrets, {
      apiVersion: "v1",
      kind: "Secret",
      type: "rke.cattle.io/bootstrap",
      metadata: { name: dataSecretName, namespace },
      data: { value },
    }),
  );
  const machine: Machine = {
    apiVersion: `${machineType.group}/${version}`,
    kind: "Machine",
    metadata: { name, namespace },
    spec: { clusterName: "quickstart", bootstrap: { dataSecretName } },
  };
  await createIfMissing(() => kube.create(machineType, machine));
  return kube.get(machineType, { namespace, name });
}

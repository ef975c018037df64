import { machineDefinition } from "../kube/machine-definition.ts";
import { namespace } from "./flow.ts";
import { type Shell, until } from "./shell.ts";

/** Has the only machine there is adopted, as Cluster API would; resolves with the condition that says so. */
export async function adopt({ run }: Shell): Promise<string> {
  const apply = (object: object) => run("kubectl", ["apply", "-f", "-"], JSON.stringify(object));
  await apply(machineDefinition);
  await run("kubectl", [
    "wait",
    "--for=condition=Established",
    `crd/${machineDefinition.metadata.name}`,
    "--timeout=60s",
  ]);
  const data = { value: Buffer.from("#!/bin/sh\ntrue\n").toString("base64") };
  await apply({ apiVersion: "v1", kind: "Secret", metadata: { namespace, name: "bootstrap" }, data });
  const [apiVersion, kind] = ["cluster.x-k8s.io/v1beta2", "Machine"];
  const bootstrap = { dataSecretName: "bootstrap" };
  await apply({ apiVersion, kind, metadata: { namespace, name: "worker" }, spec: { bootstrap } });
  const uid = await run("kubectl", ["-n", namespace, "get", "machine", "worker", "-o", "jsonpath={.metadata.uid}"]);
  await apply({
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineInventorySelector",
    metadata: { namespace, name: "worker", ownerReferences: [{ apiVersion, kind, name: "worker", uid }] },
    spec: { selector: { matchLabels: { site: "lab" } } },
  });
  const path = 'jsonpath={.status.conditions[?(@.type=="Ready")].status} {.status.machineInventoryRef.name}';
  return until("the adoption", 120, async () => {
    const found = await run("kubectl", ["-n", namespace, "get", "machineinventoryselector", "worker", "-o", path]);
    return found.startsWith("True ") ? found.slice(5) : undefined;
  });
}

import { createHash } from "node:crypto";
import type { MachineInventory } from "@elemental/api";
import { stringify } from "yaml";
import { nodeLabels } from "./node-labels.ts";

const bootstrapScript = "/var/lib/rancher/bootstrap.sh";
const bootstrapDone = "/var/lib/rancher/bootstrap_done";

/**
 * The plan that makes the machine a node, as the bytes of `data.plan`; resources-and-controllers 2.3.4 and 3.3. Equal
 * inputs give equal bytes. `script` is the bootstrap data, in base64.
 */
export function bootstrapPlan(inventory: MachineInventory, script: string): Buffer {
  const { name, labels } = inventory.metadata;
  const nodeName = yaml({ "node-name": name }).trimEnd();
  const nodeLabel = yaml({ "node-label+": nodeLabels(labels) });
  const files = [
    { content: script, path: bootstrapScript, permissions: "0700" },
    ...["rke2", "k3s"].flatMap((distribution) => [
      file(`/etc/rancher/${distribution}/config.yaml.d/99-elemental-name.yaml`, "0600", nodeName),
      file(`/etc/rancher/${distribution}/config.yaml.d/99-elemental-inventory-labels.yaml`, "0600", nodeLabel),
    ]),
    file("/usr/local/etc/hostname", "0644", name),
    file("/run/elemental/persistent/etc/hostname", "0644", name),
  ];
  const instructions = [
    { name: "configure hostname", command: "hostnamectl", args: ["set-hostname", "--transient", name] },
    // The agent applies a plan again whenever it starts; the guard makes that harmless.
    { command: "bash", args: ["-c", `[ -f ${bootstrapDone} ] || ${bootstrapScript} && touch ${bootstrapDone}`] },
  ];
  return Buffer.from(`${JSON.stringify({ files, instructions })}\n`);
}

/** The checksum by which the system agent knows a plan: SHA-256 of its bytes, in lower-case hexadecimal. */
export function planChecksum(plan: Uint8Array): string {
  return createHash("sha256").update(plan).digest("hex");
}

function file(path: string, permissions: string, content: string) {
  return { content: Buffer.from(content).toString("base64"), path, permissions };
}

// k3s and rke2 read YAML 1.1, where more words and numbers need quotes to be strings.
function yaml(value: object): string {
  return stringify(value, { version: "1.1", lineWidth: 0 });
}

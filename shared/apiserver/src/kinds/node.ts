import { type ApiObject, isRecord } from "../object/object.ts";
import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { defineKind } from "./define.ts";
import { fieldsAt, textAt, valueAt } from "./fields.ts";

const rolePrefix = "node-role.kubernetes.io/";

function listAt(node: ApiObject, path: string): Record<string, unknown>[] {
  const value = valueAt(node, path);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function statusText(node: ApiObject): string {
  const ready = listAt(node, "status.conditions").find(({ type }) => type === "Ready");
  const state = ready === undefined ? "Unknown" : ready.status === "True" ? "Ready" : "NotReady";
  return valueAt(node, "spec.unschedulable") === true ? `${state},SchedulingDisabled` : state;
}

function rolesText({ metadata }: ApiObject): string {
  const labels = Object.keys(metadata.labels ?? {}).filter((label) => label.startsWith(rolePrefix));
  return (
    labels
      .map((label) => label.slice(rolePrefix.length))
      .sort()
      .join(",") || "<none>"
  );
}

function address(node: ApiObject, wanted: string): string {
  const found = listAt(node, "status.addresses").find(({ type }) => type === wanted);
  return typeof found?.address === "string" ? found.address : "<none>";
}

const info = (field: string) => (node: ApiObject) => textAt(node, `status.nodeInfo.${field}`) || "<unknown>";

export const nodes = defineKind({
  group: "",
  version: "v1",
  kind: "Node",
  plural: "nodes",
  namespaced: false,
  definition: "io.k8s.api.core.v1.Node",
  shortNames: ["no"],
  subresources: ["status"],
  strategy: {
    keepsStatusOnCreate: true,
    selectableFields: (node) => ({
      ...fieldsAt(node, []),
      "spec.unschedulable": String(valueAt(node, "spec.unschedulable") === true),
    }),
    columns: [
      nameColumn,
      column("Status", statusText, { description: "Whether it takes Pods." }),
      column("Roles", rolesText, { description: "From its labels." }),
      ageColumn,
      column("Version", (node) => textAt(node, "status.nodeInfo.kubeletVersion"), {
        description: "What runs its Pods.",
      }),
      column("Internal-IP", (node) => address(node, "InternalIP"), { priority: 1 }),
      column("External-IP", (node) => address(node, "ExternalIP"), { priority: 1 }),
      column("OS-Image", info("osImage"), { priority: 1 }),
      column("Kernel-Version", info("kernelVersion"), { priority: 1 }),
      column("Container-Runtime", info("containerRuntimeVersion"), { priority: 1 }),
    ],
  },
});

import { isRecord } from "../../object/object.ts";
import { StatusError } from "../../status/status-error.ts";
import { defineKind } from "../define.ts";
import { fieldsAt } from "../fields.ts";
import { podColumns } from "./columns.ts";
import { admitPod, setPodDefaults } from "./defaults.ts";
import type { Pod } from "./spec.ts";
import { podErrors } from "./validate.ts";

const selectable = [
  "spec.nodeName",
  "spec.restartPolicy",
  "spec.schedulerName",
  "spec.serviceAccountName",
  "status.phase",
  "status.podIP",
];

/** A Pod that no node runs any longer, or not yet, is gone at once; another has its time to end. */
function gracePeriod({ spec, status }: Pod, requested: number | undefined): number {
  const isEnded = status?.phase === "Succeeded" || status?.phase === "Failed";
  if (isEnded || !spec?.nodeName) return 0;
  return Math.max(0, requested ?? spec.terminationGracePeriodSeconds ?? 30);
}

export const pods = defineKind({
  group: "",
  version: "v1",
  kind: "Pod",
  plural: "pods",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Pod",
  shortNames: ["po"],
  categories: ["all"],
  subresources: ["status", "log"],
  strategy: {
    returnsDeleted: true,
    hasGeneration: true,
    setDefaults: setPodDefaults,
    prepareForCreate(pod, store) {
      admitPod(pod);
      const { metadata, spec = {} } = pod as Pod;
      const account = `${metadata.namespace}/${spec.serviceAccountName}`;
      if (store.get("serviceaccounts", account)) return;
      const why = `error looking up service account ${account}: serviceaccount "${spec.serviceAccountName}" not found`;
      const details = { name: metadata.name, kind: "pods" };
      throw new StatusError(403, "Forbidden", `pods "${metadata.name}" is forbidden: ${why}`, details);
    },
    restrictUpdate: {
      binding(object, old) {
        const nodeName = isRecord(object.spec) ? object.spec.nodeName : undefined;
        return { ...old, spec: { ...(isRecord(old.spec) ? old.spec : {}), nodeName }, status: object.status };
      },
    },
    validate: podErrors,
    gracePeriod,
    selectableFields: (pod) => fieldsAt(pod, selectable),
    columns: podColumns,
  },
});

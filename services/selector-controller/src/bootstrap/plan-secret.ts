import { annotations, planTypes, type Secret } from "@elemental/api";
import type { Patch } from "@elemental/kube";

/** Whether the Secret has exactly this plan, e.g. because only the status write after it failed. */
export function hasPlan(secret: Secret, plan: Buffer): boolean {
  const isBootstrap = secret.metadata.annotations?.[annotations.planType] === planTypes.bootstrap;
  return isBootstrap && secret.data?.["plan"] === plan.toString("base64");
}

/** The patch that hands the plan over, provided that the Secret is as it was read; results of older plans are cleared. */
export function handOver(secret: Secret, plan: Buffer): Patch {
  return {
    type: "merge",
    body: {
      metadata: {
        resourceVersion: secret.metadata.resourceVersion,
        annotations: { [annotations.planType]: planTypes.bootstrap },
      },
      data: { plan: plan.toString("base64"), "applied-checksum": "", "failed-checksum": "" },
    },
  };
}

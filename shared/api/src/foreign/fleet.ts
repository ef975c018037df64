import type { BundleTarget, RolloutStrategy } from "../kinds/managed-os-image/fleet.ts";
import type { KubeObject, ResourceType } from "../meta.ts";

/** A Fleet Bundle: resources and the clusters they go to. */
export interface Bundle extends KubeObject {
  apiVersion: "fleet.cattle.io/v1alpha1";
  kind: "Bundle";
  spec: {
    resources?: { name?: string; content?: string; encoding?: string }[];
    rolloutStrategy?: RolloutStrategy;
    targets?: BundleTarget[];
  };
  status?: {
    conditions?: {
      type?: string;
      status?: string;
      reason?: string;
      message?: string;
      lastUpdateTime?: string;
      lastTransitionTime?: string;
    }[];
  };
}

export const bundles: ResourceType<Bundle> = {
  group: "fleet.cattle.io",
  version: "v1alpha1",
  kind: "Bundle",
  plural: "bundles",
  namespaced: true,
};

import type { KubeObject, ResourceType } from "@elemental/api";
import type { Controller } from "../contract.ts";

export interface Widget extends KubeObject {
  spec?: { size?: number };
  status?: { phase?: string; size?: number; message?: string };
}

export const widgets: ResourceType<Widget> = {
  group: "test.elemental.cattle.io",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
};

export const finalizer = "test.elemental.cattle.io/widget";
export const key = { namespace: "ns", name: "w" };

export function widget(overrides: { metadata?: Partial<Widget["metadata"]>; spec?: Widget["spec"] } = {}): Widget {
  return {
    apiVersion: "test.elemental.cattle.io/v1",
    kind: "Widget",
    metadata: { ...key, ...overrides.metadata },
    spec: overrides.spec ?? { size: 1 },
  };
}

/** A controller that copies the size into the status; parts of it are replaced by tests. */
export function copier(
  overrides: Partial<Controller<Widget, Widget, string>> = {},
): Controller<Widget, Widget, string> {
  return {
    name: "widget",
    type: widgets,
    finalizer,
    observe: async (object) => object,
    reconcile: (object) =>
      object.metadata.deletionTimestamp
        ? { finalized: true }
        : { status: { phase: "Copied", size: object.spec?.size ?? 0 } },
    failed: (object, error) => ({ ...object.status, phase: "Failed", message: error.message }),
    ...overrides,
  };
}

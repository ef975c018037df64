import type { Condition, ConfigMap, CustomResourceDefinition, KubeObject, ResourceType } from "@elemental/api";

export interface Widget extends KubeObject {
  spec?: { size?: number; seed?: number | bigint; parts?: string[]; tags?: Record<string, string> };
  status?: { ready?: boolean; phase?: string; conditions?: Condition[] };
}

/** A kind of the suite's own, with a status subresource. */
export const widgets: ResourceType<Widget> = {
  group: "contract.elemental.cattle.io",
  version: "v1",
  kind: "Widget",
  plural: "widgets",
  namespaced: true,
};

export const unserved: ResourceType = {
  group: "absent.elemental.cattle.io",
  version: "v1",
  kind: "Absent",
  plural: "absents",
  namespaced: true,
};

/** The definition that makes an API server serve widgets. */
export const widgetDefinition: CustomResourceDefinition = {
  apiVersion: "apiextensions.k8s.io/v1",
  kind: "CustomResourceDefinition",
  metadata: { name: "widgets.contract.elemental.cattle.io" },
  spec: {
    group: widgets.group,
    scope: "Namespaced",
    names: { plural: "widgets", singular: "widget", kind: "Widget", listKind: "WidgetList" },
    versions: [
      {
        name: "v1",
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: "object",
            properties: {
              spec: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
              status: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
            },
          },
        },
      },
    ],
  },
};

export function configMap(namespace: string, name: string, data: Record<string, string> = {}): ConfigMap {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name }, data };
}

export function widget(namespace: string, name: string, spec: Widget["spec"] = {}): Widget {
  return { apiVersion: "contract.elemental.cattle.io/v1", kind: "Widget", metadata: { namespace, name }, spec };
}

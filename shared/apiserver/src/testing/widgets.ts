import { type Body, eventually, get, newNamespace, post, uniqueName } from "./api.ts";

/** A custom kind made for one test file, with one field for everything a schema can say. */
export interface WidgetKind {
  group: string;
  apiVersion: string;
  crd: string;
  /** Path of the collection in a namespace. */
  path(namespace: string): string;
  /** A widget with the given spec. */
  widget(name: string, spec: object): Body;
}

export const widgetSchema = {
  type: "object",
  properties: {
    spec: {
      type: "object",
      required: ["size"],
      properties: {
        size: { type: "integer", minimum: 1, maximum: 10 },
        color: { type: "string", enum: ["red", "blue"], default: "red" },
        name: { type: "string", pattern: "^[a-z]+$", minLength: 2, maxLength: 5 },
        port: { "x-kubernetes-int-or-string": true },
        when: { type: "string", format: "date-time" },
        nullable: { type: "string", nullable: true },
        seed: { type: "integer", format: "int64" },
        flag: { type: "boolean" },
        any: { type: "object", "x-kubernetes-preserve-unknown-fields": true },
        tags: { type: "array", items: { type: "string" }, "x-kubernetes-list-type": "set", minItems: 1, maxItems: 3 },
        items: {
          type: "array",
          "x-kubernetes-list-type": "map",
          "x-kubernetes-list-map-keys": ["key"],
          items: {
            type: "object",
            required: ["key"],
            properties: { key: { type: "string" }, value: { type: "integer" } },
          },
        },
        map: { type: "object", additionalProperties: { type: "integer" }, maxProperties: 2 },
        atomic: {
          type: "object",
          "x-kubernetes-map-type": "atomic",
          properties: { a: { type: "string" }, b: { type: "string" } },
        },
        embedded: {
          type: "object",
          "x-kubernetes-embedded-resource": true,
          "x-kubernetes-preserve-unknown-fields": true,
        },
        nested: { type: "object", default: {}, properties: { depth: { type: "integer", default: 1 } } },
      },
    },
    status: { type: "object", properties: { phase: { type: "string" }, count: { type: "integer" } } },
  },
};

export interface WidgetOptions {
  /** Makes the names unique among all groups, e.g. `x1` for a kind Widgetx1. */
  suffix?: string;
}

/** A definition of widgets in a group of its own. */
export function widgetDefinition(group: string, { suffix = "" }: WidgetOptions = {}): Body {
  const names = {
    plural: `widgets${suffix}`,
    singular: `widget${suffix}`,
    kind: `Widget${suffix}`,
    shortNames: [`wd${suffix}`],
    categories: ["all"],
  };
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `widgets${suffix}.${group}` },
    spec: {
      group,
      scope: "Namespaced",
      names,
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          subresources: { status: {} },
          schema: { openAPIV3Schema: widgetSchema },
          additionalPrinterColumns: [
            { name: "Size", type: "integer", jsonPath: ".spec.size" },
            { name: "Phase", type: "string", jsonPath: ".status.phase", priority: 1 },
            { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
          ],
        },
      ],
    },
  };
}

export const definitions = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

export function newGroup(): string {
  return `${uniqueName("t")}.example.com`;
}

/** Installs a definition of widgets and waits until they are served. */
export async function installWidgets(options: WidgetOptions = {}): Promise<WidgetKind> {
  const group = newGroup();
  const definition = widgetDefinition(group, options);
  const { plural, kind } = definition.spec.names;
  const crd = definition.metadata.name;
  const created = await post(definitions, definition);
  if (created.status !== 201) throw new Error(created.text);
  await established(crd);
  const apiVersion = `${group}/v1`;
  const path = (namespace: string) => `/apis/${apiVersion}/namespaces/${namespace}/${plural}`;
  const probe = path(await newNamespace());
  await eventually("widgets are served", async () => (await get(probe)).status === 200);
  const widget = (name: string, spec: object) => ({ apiVersion, kind, metadata: { name }, spec });
  return { group, apiVersion, crd, path, widget };
}

/** Waits until the definition is established and returns it. */
export function established(name: string): Promise<Body> {
  return eventually(`${name} is established`, async () => {
    const { body } = await get(`${definitions}/${name}`);
    const conditions: Body[] = body.status?.conditions ?? [];
    return conditions.some(({ type, status }) => type === "Established" && status === "True") && body;
  });
}

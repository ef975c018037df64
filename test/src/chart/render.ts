import type { KubeObject, Pod } from "@elemental/api";
import { parseAllDocuments } from "yaml";
import { charts, tool } from "./helm.ts";

/** What a workload of the chart looks like, as far as tests care. */
export interface Workload extends KubeObject {
  spec: { replicas?: number; template: { spec: NonNullable<Pod["spec"]> } };
}

/** Values as helm's `--set-json` takes them: a path and any JSON value. */
export type Values = Record<string, unknown>;

/** Flags that give the chart these values. */
export function valueFlags(values: Values): string[] {
  return Object.entries(values).flatMap(([path, value]) => ["--set-json", `${path}=${JSON.stringify(value)}`]);
}

export interface RenderOptions {
  release?: string;
  namespace?: string;
  flags?: string[];
}

/** The objects that the operator chart renders, without a cluster. Rejects with helm's error. */
export async function render(values: Values, options: RenderOptions = {}): Promise<KubeObject[]> {
  const { release = "elemental-operator", namespace = "cattle-elemental-system", flags = [] } = options;
  const fixed = ["-n", namespace, "--kube-version", "1.34.0"];
  const text = await tool("helm", ["template", release, charts.operator, ...fixed, ...flags, ...valueFlags(values)]);
  return parseAllDocuments(text).flatMap((document) => (document.toJSON() as KubeObject | null) ?? []);
}

/** The objects of a kind. */
export function ofKind<T extends KubeObject = KubeObject>(objects: KubeObject[], kind: string): T[] {
  return objects.filter((object) => object.kind === kind) as T[];
}

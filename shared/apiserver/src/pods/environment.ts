import { expand } from "./expansion.ts";
import type { Container, EnvFromSource, EnvVar, KeySelector, Pod } from "./pod.ts";

/** Reads the ConfigMaps and Secrets of a Pod's namespace; values are decoded. Undefined when there is none. */
export interface DataSources {
  configMap(name: string): Promise<ReadonlyMap<string, Buffer> | undefined>;
  secret(name: string): Promise<ReadonlyMap<string, Buffer> | undefined>;
}

/** The container cannot be created as its Pod describes it; tried again later (CreateContainerConfigError). */
export class ContainerConfigError extends Error {
  readonly code = "CreateContainerConfigError";
  override readonly name = "ContainerConfigError";
}

/** What a Pod's fields are at the moment, for fieldRef. */
export interface PodAddresses {
  podIP: string;
  hostIP: string;
}

/**
 * The variables of a container in the order of their definition: envFrom, then env, later ones winning.
 * Throws a ContainerConfigError that names the missing ConfigMap, Secret, key or field.
 */
export async function containerEnvironment(
  pod: Pod,
  container: Container,
  sources: DataSources,
  addresses: PodAddresses,
): Promise<Map<string, string>> {
  const variables = new Map<string, string>();
  for (const source of container.envFrom ?? []) {
    for (const [name, value] of await variablesFrom(source, sources)) variables.set(name, value);
  }
  for (const variable of container.env ?? []) {
    const value = variable.valueFrom
      ? await valueFrom(variable, pod, sources, addresses)
      : expand(variable.value ?? "", variables);
    if (value !== undefined) variables.set(variable.name, value);
  }
  return variables;
}

async function variablesFrom(source: EnvFromSource, sources: DataSources): Promise<[string, string][]> {
  const reference = source.configMapRef ?? source.secretRef;
  if (!reference) return [];
  const kind = source.configMapRef ? "configmap" : "secret";
  const data = await (source.configMapRef ? sources.configMap(reference.name) : sources.secret(reference.name));
  if (!data && !reference.optional) throw new ContainerConfigError(`${kind} "${reference.name}" not found`);
  return [...(data ?? [])].map(([key, value]) => [`${source.prefix ?? ""}${key}`, value.toString("utf8")]);
}

async function valueFrom(
  { name, valueFrom }: EnvVar,
  pod: Pod,
  sources: DataSources,
  addresses: PodAddresses,
): Promise<string | undefined> {
  if (valueFrom?.configMapKeyRef) {
    const { configMapKeyRef: selector } = valueFrom;
    return keyOf(selector, await sources.configMap(selector.name), "ConfigMap", pod);
  }
  if (valueFrom?.secretKeyRef) {
    const { secretKeyRef: selector } = valueFrom;
    return keyOf(selector, await sources.secret(selector.name), "Secret", pod);
  }
  if (valueFrom?.fieldRef) return fieldOf(valueFrom.fieldRef.fieldPath, pod, addresses);
  throw new ContainerConfigError(`variable ${name}: this node supports no such valueFrom`);
}

function keyOf(
  { name, key, optional }: KeySelector,
  data: ReadonlyMap<string, Buffer> | undefined,
  kind: "ConfigMap" | "Secret",
  pod: Pod,
): string | undefined {
  const value = data?.get(key)?.toString("utf8");
  if (value !== undefined || optional) return value;
  if (!data) throw new ContainerConfigError(`${kind.toLowerCase()} "${name}" not found`);
  throw new ContainerConfigError(`couldn't find key ${key} in ${kind} ${pod.metadata.namespace}/${name}`);
}

const subscripted = /^metadata\.(labels|annotations)\['([^']+)'\]$/;

function fieldOf(path: string, pod: Pod, addresses: PodAddresses): string {
  const [, map, key] = subscripted.exec(path) ?? [];
  if (map && key) return pod.metadata[map as "labels" | "annotations"]?.[key] ?? "";
  const fields: Record<string, string | undefined> = {
    "metadata.name": pod.metadata.name,
    "metadata.namespace": pod.metadata.namespace,
    "metadata.uid": pod.metadata.uid,
    "spec.nodeName": pod.spec.nodeName,
    "spec.serviceAccountName": pod.spec.serviceAccountName ?? "default",
    "status.podIP": addresses.podIP,
    "status.podIPs": addresses.podIP,
    "status.hostIP": addresses.hostIP,
    "status.hostIPs": addresses.hostIP,
  };
  const value = fields[path];
  if (value === undefined) throw new ContainerConfigError(`unsupported fieldPath: ${path}`);
  return value;
}

import type { PodLogs } from "../loopback.ts";
import type { ApiObject } from "../object/object.ts";
import type { FieldValidation, Registry, WriteOptions } from "../registry/registry.ts";
import type { Resource } from "../resources/resource.ts";
import { parseFieldSelector, type SelectableFields } from "../selectors/field-selector.ts";
import { parseLabelSelector } from "../selectors/label-selector.ts";
import { badRequest, invalidObject } from "../status/errors.ts";
import { notSupported, tooLong } from "../status/field-error.ts";
import type { Exchange } from "./respond.ts";

/** One request to a resource. */
export interface Scope {
  exchange: Exchange;
  registry: Registry;
  resource: Resource;
  namespace: string;
  name: string;
  subresource: string;
  podLogs: PodLogs | undefined;
}

/** The text of a parameter; empty when it is absent. */
export function parameter({ exchange }: Scope, name: string): string {
  return exchange.query.get(name) ?? "";
}

export function flag(scope: Scope, name: string): boolean {
  const text = parameter(scope, name);
  return text !== "" && text !== "false" && text !== "0";
}

/** A whole number; undefined when the parameter is absent. Throws 400 when it is not one. */
export function integer(scope: Scope, name: string): number | undefined {
  const text = parameter(scope, name);
  if (text === "") return undefined;
  if (!/^-?\d+$/.test(text)) throw badRequest(`strconv.ParseInt: parsing "${text}": invalid syntax`);
  return Number(text);
}

/** The fields of an object that selectors can name. */
export function fieldsOf(resource: Resource, object: ApiObject): SelectableFields {
  const { name, namespace = "" } = object.metadata;
  return {
    "metadata.name": name,
    ...(resource.namespaced && { "metadata.namespace": namespace }),
    ...resource.strategy.selectableFields?.(object),
  };
}

const blank = { apiVersion: "", kind: "", metadata: { name: "" } };

/** What the label and field selectors of the request select. Throws 400. */
export function selection(scope: Scope): (object: ApiObject) => boolean {
  const { resource } = scope;
  const labels = parameter(scope, "labelSelector");
  const fields = parameter(scope, "fieldSelector");
  const labelsMatch = labels === "" ? undefined : parseLabelSelector(labels);
  const own = resource.strategy.selectableFields?.(blank);
  const fieldsMatch = fields === "" ? undefined : parseFieldSelector(fields, own && Object.keys(own));
  return (object) =>
    (labelsMatch?.(object.metadata.labels ?? {}) ?? true) && (fieldsMatch?.(fieldsOf(resource, object)) ?? true);
}

/** The parameters that all writes have. `kind` names them in errors, e.g. `CreateOptions`. */
export function writeOptions(scope: Scope, kind: string): WriteOptions {
  const { exchange } = scope;
  const dryRun = exchange.query.getAll("dryRun").filter((value) => value !== "");
  const manager = parameter(scope, "fieldManager");
  const validation = parameter(scope, "fieldValidation");
  const errors = [
    ...(dryRun.every((value) => value === "All") ? [] : [notSupported("dryRun", dryRun, ["All"])]),
    ...(manager.length > 128 ? [tooLong("fieldManager", 128)] : []),
    ...(["", "Ignore", "Strict", "Warn"].includes(validation)
      ? []
      : [notSupported("fieldValidation", validation, ["", "Ignore", "Strict", "Warn"])]),
  ];
  if (errors.length > 0) throw invalidObject({ group: "meta.k8s.io", name: kind }, "", errors);
  return {
    dryRun: dryRun.length > 0,
    fieldManager: manager || managerOf(exchange.request.headers["user-agent"]),
    fieldValidation: (validation || "Warn") as FieldValidation,
    warn: (message) => exchange.warnings.push(message),
  };
}

// The program's name at the start of the user agent, as in `kubectl/v1.32.4 (linux/amd64)`.
function managerOf(userAgent = ""): string {
  return (userAgent.split("/")[0] || "unknown").slice(0, 128);
}

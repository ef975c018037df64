import { labelErrors } from "../../object/names.ts";
import { duplicate, type FieldError, invalid, notSupported, required } from "../../status/field-error.ts";
import { portErrors, portNameErrors } from "../ports.ts";
import { quantityExceeds } from "../quantity.ts";
import { type Container, containersOf, type PodSpec } from "./spec.ts";

const pullPolicies = ["Always", "IfNotPresent", "Never"];
const protocols = ["SCTP", "TCP", "UDP"];
const valueSources = ["fieldRef", "resourceFieldRef", "configMapKeyRef", "secretKeyRef", "fileKeyRef"];

/** Errors of all containers of a Pod. */
export function containerErrors(spec: PodSpec): FieldError[] {
  if (!spec.containers || spec.containers.length === 0) return [required("spec.containers")];
  const volumes = new Set((spec.volumes ?? []).map(({ name }) => name ?? ""));
  const seen = new Set<string>();
  return containersOf(spec).flatMap(({ container, path }) => {
    const { name = "" } = container;
    const isDuplicate = name !== "" && seen.has(name);
    seen.add(name);
    return [...(isDuplicate ? [duplicate(`${path}.name`, name)] : []), ...errorsOf(container, path, volumes)];
  });
}

function errorsOf(container: Container, path: string, volumes: ReadonlySet<string>): FieldError[] {
  const { name = "", image = "", imagePullPolicy = "" } = container;
  return [
    ...(name === "" ? [required(`${path}.name`)] : labelErrors(name).map((why) => invalid(`${path}.name`, name, why))),
    ...(image === "" ? [required(`${path}.image`)] : []),
    ...(image !== image.trim()
      ? [invalid(`${path}.image`, image, "must not have leading or trailing whitespace")]
      : []),
    ...containerPortErrors(container, path),
    ...environmentErrors(container, path),
    ...mountErrors(container, path, volumes),
    ...(pullPolicies.includes(imagePullPolicy)
      ? []
      : [notSupported(`${path}.imagePullPolicy`, imagePullPolicy, pullPolicies)]),
    ...resourceErrors(container, path),
  ];
}

function containerPortErrors({ ports = [] }: Container, path: string): FieldError[] {
  const seen = new Set<string>();
  return ports.flatMap(({ name, containerPort = 0, protocol = "" }, index) => {
    const at = `${path}.ports[${index}]`;
    const errors = name === undefined ? [] : portNameErrors(name).map((why) => invalid(`${at}.name`, name, why));
    if (name !== undefined && seen.has(name)) errors.push(duplicate(`${at}.name`, name));
    if (name !== undefined) seen.add(name);
    return [
      ...errors,
      ...(containerPort === 0 ? [required(`${at}.containerPort`)] : portErrors(`${at}.containerPort`, containerPort)),
      ...(protocols.includes(protocol) ? [] : [notSupported(`${at}.protocol`, protocol, protocols)]),
    ];
  });
}

function environmentErrors({ env = [] }: Container, path: string): FieldError[] {
  return env.flatMap(({ name = "", value = "", valueFrom }, index) => {
    const at = `${path}.env[${index}]`;
    return [
      ...variableNameErrors(name, `${at}.name`),
      ...(valueFrom ? sourceErrors(valueFrom, value, `${at}.valueFrom`) : []),
    ];
  });
}

function variableNameErrors(name: string, path: string): FieldError[] {
  if (name === "") return [required(path)];
  const why = "a valid environment variable name must consist only of printable ASCII characters other than '='";
  return /^[ -<>-~]+$/.test(name) ? [] : [invalid(path, name, why)];
}

function sourceErrors(valueFrom: object, value: string, path: string): FieldError[] {
  const sources = Object.keys(valueFrom).filter((key) => valueSources.includes(key));
  if (value !== "") return [invalid(path, "", "may not be specified when `value` is not empty")];
  if (sources.length > 1) return [invalid(path, "", "may not have more than one field specified at a time")];
  if (sources.length === 1) return [];
  return [
    invalid(path, "", "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef` or `secretKeyRef`"),
  ];
}

function mountErrors({ volumeMounts = [] }: Container, path: string, volumes: ReadonlySet<string>): FieldError[] {
  const seen = new Set<string>();
  return volumeMounts.flatMap(({ name = "", mountPath = "" }, index) => {
    const at = `${path}.volumeMounts[${index}]`;
    const isTaken = mountPath !== "" && seen.has(mountPath);
    seen.add(mountPath);
    return [
      ...(name === "" ? [required(`${at}.name`)] : []),
      ...(volumes.has(name) ? [] : [{ kind: "notFound" as const, field: `${at}.name`, value: name, detail: "" }]),
      ...(mountPath === "" ? [required(`${at}.mountPath`)] : []),
      ...(isTaken ? [invalid(`${at}.mountPath`, mountPath, "must be unique")] : []),
    ];
  });
}

function resourceErrors({ resources = {} }: Container, path: string): FieldError[] {
  const { limits = {}, requests = {} } = resources;
  return Object.keys(requests)
    .filter((name) => limits[name] !== undefined && quantityExceeds(requests[name], limits[name]))
    .map((name) =>
      invalid(
        `${path}.resources.requests`,
        requests[name],
        `must be less than or equal to ${name} limit of ${limits[name]}`,
      ),
    );
}

import { labelErrors } from "../../object/names.ts";
import { type FieldError, invalid, notSupported, required } from "../../status/field-error.ts";
import { portErrors, portNameErrors } from "../ports.ts";
import type { Service, ServicePort, ServiceSpec } from "./spec.ts";

const types = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"];
const protocols = ["SCTP", "TCP", "UDP"];
const affinities = ["ClientIP", "None"];

export function serviceErrors(service: Service, old: Service | undefined): FieldError[] {
  const { spec = {} } = service;
  const { type = "", sessionAffinity = "", externalName = "" } = spec;
  return [
    ...portListErrors(spec),
    ...(affinities.includes(sessionAffinity)
      ? []
      : [notSupported("spec.sessionAffinity", sessionAffinity, affinities)]),
    ...(types.includes(type) ? [] : [notSupported("spec.type", type, types)]),
    ...(type === "ExternalName" && externalName === "" ? [required("spec.externalName")] : []),
    ...addressErrors(spec, old?.spec),
  ];
}

function addressErrors(spec: ServiceSpec, old: ServiceSpec | undefined): FieldError[] {
  if (!old?.clusterIP || old.type === "ExternalName" || spec.type === "ExternalName") return [];
  if (spec.clusterIP === old.clusterIP) return [];
  return [invalid("spec.clusterIPs[0]", [spec.clusterIP], "may not change once set")];
}

function portListErrors(spec: ServiceSpec): FieldError[] {
  const { ports = [], clusterIP, type } = spec;
  if (ports.length === 0) return clusterIP === "None" || type === "ExternalName" ? [] : [required("spec.ports")];
  const names = new Set<string>();
  const numbers = new Set<string>();
  return ports.flatMap((port, index) => {
    const at = `spec.ports[${index}]`;
    const errors = [...nameErrors(port, ports.length > 1, `${at}.name`), ...numberErrors(port, at)];
    const { name, port: number, protocol } = port;
    if (name && names.has(name)) errors.push({ kind: "duplicate", field: `${at}.name`, value: name, detail: "" });
    else if (numbers.has(`${number}/${protocol}`)) {
      errors.push({ kind: "duplicate", field: at, value: { protocol, port: number }, detail: "" });
    }
    names.add(name ?? "");
    numbers.add(`${number}/${protocol}`);
    return errors;
  });
}

function nameErrors({ name = "" }: ServicePort, isRequired: boolean, field: string): FieldError[] {
  if (name === "") return isRequired ? [required(field)] : [];
  return labelErrors(name).map((why) => invalid(field, name, why));
}

function numberErrors({ port = 0, protocol = "", targetPort }: ServicePort, at: string): FieldError[] {
  return [
    ...portErrors(`${at}.port`, port),
    ...(protocols.includes(protocol) ? [] : [notSupported(`${at}.protocol`, protocol, protocols)]),
    ...(typeof targetPort === "number" ? portErrors(`${at}.targetPort`, targetPort) : []),
    ...(typeof targetPort === "string"
      ? portNameErrors(targetPort).map((why) => invalid(`${at}.targetPort`, targetPort, why))
      : []),
  ];
}

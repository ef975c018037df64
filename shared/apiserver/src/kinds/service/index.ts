import { dns1035Errors } from "../../object/names.ts";
import { ageColumn, column, nameColumn } from "../../table/columns.ts";
import { defineKind } from "../define.ts";
import { fieldsAt } from "../fields.ts";
import { allocateAddresses, allocateNodePorts } from "./addresses.ts";
import { hasNodePorts, type Service } from "./spec.ts";
import { serviceErrors } from "./validate.ts";

function setDefaults(service: Service): void {
  service.spec ??= {};
  const { spec } = service;
  spec.sessionAffinity ??= "None";
  spec.type ??= "ClusterIP";
  for (const port of spec.ports ?? []) {
    port.protocol ??= "TCP";
    port.targetPort ??= port.port ?? 0;
  }
  if (spec.type !== "ExternalName") spec.internalTrafficPolicy ??= "Cluster";
  if (hasNodePorts(spec)) spec.externalTrafficPolicy ??= "Cluster";
  else delete spec.externalTrafficPolicy;
}

function keepAllocated(service: Service, old: Service): void {
  const spec = service.spec ?? {};
  if (spec.type !== "ExternalName") {
    for (const key of ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) spec[key] ??= old.spec?.[key];
  }
  for (const port of spec.ports ?? []) {
    const before = old.spec?.ports?.find((item) => item.port === port.port && item.protocol === port.protocol);
    if (before?.nodePort) port.nodePort ??= before.nodePort;
  }
  service.spec = spec;
}

function externalAddress({ spec = {}, status }: Service): string {
  if (spec.type === "ExternalName") return spec.externalName ?? "<none>";
  const ingress = (status?.loadBalancer?.ingress ?? []).map(({ ip, hostname }) => ip ?? hostname ?? "");
  const all = [...ingress, ...(spec.externalIPs ?? [])];
  if (all.length > 0) return all.join(",");
  return spec.type === "LoadBalancer" ? "<pending>" : "<none>";
}

function portsText({ spec = {} }: Service): string {
  const texts = (spec.ports ?? []).map(
    ({ port, nodePort, protocol }) => `${port}${nodePort ? `:${nodePort}` : ""}/${protocol}`,
  );
  return texts.join(",") || "<none>";
}

function selectorText({ spec = {} }: Service): string {
  const pairs = Object.entries(spec.selector ?? {}).map(([key, value]) => `${key}=${value}`);
  return pairs.join(",") || "<none>";
}

export const services = defineKind({
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Service",
  shortNames: ["svc"],
  categories: ["all"],
  subresources: ["status"],
  strategy: {
    returnsDeleted: true,
    validateName: dns1035Errors,
    setDefaults,
    prepareForCreate(service: Service, store) {
      if (serviceErrors(service, undefined).length === 0) allocateAddresses(service, store.list("services", ""));
      service.status = { loadBalancer: {} };
    },
    prepareForUpdate(service: Service, old, store) {
      keepAllocated(service, old);
      const others = store.list("services", "").filter(({ metadata }) => metadata.uid !== old.metadata.uid);
      if (!service.spec?.clusterIP && service.spec?.type !== "ExternalName") allocateAddresses(service, others);
      allocateNodePorts(
        service.spec ?? {},
        others.map((other) => (other as Service).spec ?? {}),
      );
    },
    validate: serviceErrors,
    selectableFields: (service) => fieldsAt(service, ["spec.clusterIP", "spec.type"]),
    columns: [
      nameColumn,
      column("Type", ({ spec }: Service) => spec?.type ?? "", { description: "How the Service is reached." }),
      column("Cluster-IP", ({ spec }: Service) => spec?.clusterIP ?? "<none>", {
        description: "Address inside the cluster.",
      }),
      column("External-IP", externalAddress, { description: "Address outside the cluster." }),
      column("Port(s)", portsText, { description: "Ports with their protocol." }),
      ageColumn,
      column("Selector", selectorText, { priority: 1, description: "Labels of the Pods behind it." }),
    ],
  },
});

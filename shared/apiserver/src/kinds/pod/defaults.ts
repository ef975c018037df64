import { isRecord, type JsonObject } from "../../object/object.ts";
import type { Container, Pod, PodSpec, Volume } from "./spec.ts";
import { volumeSources } from "./volumes.ts";

const readableByAll = 0o644;

/** Sets the defaults of a Pod's specification. */
export function setPodDefaults(pod: Pod): void {
  pod.spec ??= {};
  const { spec } = pod;
  spec.restartPolicy ??= "Always";
  spec.dnsPolicy ??= "ClusterFirst";
  spec.schedulerName ??= "default-scheduler";
  spec.terminationGracePeriodSeconds ??= 30;
  if (spec.terminationGracePeriodSeconds < 0) spec.terminationGracePeriodSeconds = 1;
  spec.securityContext ??= {};
  spec.enableServiceLinks ??= true;
  spec.volumes?.forEach(setVolumeDefaults);
  for (const container of [...(spec.initContainers ?? []), ...(spec.containers ?? [])]) setContainerDefaults(container);
}

/** Sets what the admission of a cluster adds to every new Pod. */
export function admitPod(pod: Pod): void {
  const spec: PodSpec = pod.spec ?? {};
  spec.serviceAccountName ||= "default";
  spec.serviceAccount = spec.serviceAccountName;
  spec.priority ??= 0;
  spec.preemptionPolicy ??= "PreemptLowerPriority";
  const tolerations = spec.tolerations ?? [];
  const missing = ["not-ready", "unreachable"]
    .map((name) => `node.kubernetes.io/${name}`)
    .filter((key) => !tolerations.some((toleration) => toleration.key === key || toleration.key === undefined))
    .map((key) => ({ key, operator: "Exists", effect: "NoExecute", tolerationSeconds: 300 }));
  if (missing.length > 0) spec.tolerations = [...tolerations, ...missing];
  pod.spec = spec;
  pod.status = { phase: "Pending", qosClass: qualityOfService(spec) };
}

function setContainerDefaults(container: Container): void {
  container.imagePullPolicy ??= isLatest(container.image ?? "") ? "Always" : "IfNotPresent";
  container.terminationMessagePath ??= "/dev/termination-log";
  container.terminationMessagePolicy ??= "File";
  container.resources ??= {};
  for (const port of container.ports ?? []) port.protocol ??= "TCP";
  for (const { valueFrom } of container.env ?? []) {
    if (valueFrom?.fieldRef) valueFrom.fieldRef.apiVersion ??= "v1";
  }
  for (const kind of ["livenessProbe", "readinessProbe", "startupProbe"]) {
    const probe = container[kind];
    if (isRecord(probe)) setProbeDefaults(probe);
  }
}

// Without a tag an image is the newest there is.
function isLatest(image: string): boolean {
  if (image.includes("@")) return false;
  const [, tag = "latest"] = /:([^/:]+)$/.exec(image) ?? [];
  return tag === "latest";
}

function setProbeDefaults(probe: JsonObject): void {
  probe.timeoutSeconds ??= 1;
  probe.periodSeconds ??= 10;
  probe.successThreshold ??= 1;
  probe.failureThreshold ??= 3;
  if (isRecord(probe.httpGet)) {
    probe.httpGet.path ??= "/";
    probe.httpGet.scheme ??= "HTTP";
  }
}

function setVolumeDefaults(volume: Volume): void {
  if (volumeSources(volume).length === 0) volume.emptyDir = {};
  for (const source of ["configMap", "secret", "downwardAPI", "projected"]) {
    const value = volume[source];
    if (isRecord(value)) value.defaultMode ??= readableByAll;
  }
  if (isRecord(volume.hostPath)) volume.hostPath.type ??= "";
}

function qualityOfService(spec: PodSpec): string {
  const resources = (spec.containers ?? []).map((container) => container.resources ?? {});
  const isEmpty = resources.every(({ limits, requests }) => !limits && !requests);
  return isEmpty ? "BestEffort" : "Burstable";
}

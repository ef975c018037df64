import { isEqual } from "../../object/object.ts";
import { type FieldError, forbidden, invalid } from "../../status/field-error.ts";
import { containerErrors } from "./containers.ts";
import { containersOf, type Pod, type PodSpec } from "./spec.ts";
import { volumeErrors } from "./volumes.ts";

// In the order in which Kubernetes lists them.
const restartPolicies = ["Always", "OnFailure", "Never"];
const dnsPolicies = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
const longestDeadline = 2147483647;

export function podErrors(pod: Pod, old: Pod | undefined): FieldError[] {
  const spec = pod.spec ?? {};
  return [...specErrors(spec), ...(old ? updateErrors(spec, old.spec ?? {}) : [])];
}

function specErrors(spec: PodSpec): FieldError[] {
  const { activeDeadlineSeconds: deadline } = spec;
  const isBadDeadline = deadline !== undefined && (deadline < 1 || deadline > longestDeadline);
  return [
    ...volumeErrors(spec),
    ...containerErrors(spec),
    ...oneOf("spec.restartPolicy", spec.restartPolicy, restartPolicies),
    ...oneOf("spec.dnsPolicy", spec.dnsPolicy, dnsPolicies),
    ...(isBadDeadline
      ? [invalid("spec.activeDeadlineSeconds", deadline, `must be between 1 and ${longestDeadline}, inclusive`)]
      : []),
  ];
}

function oneOf(field: string, value: string | undefined, allowed: readonly string[]): FieldError[] {
  if (value !== undefined && allowed.includes(value)) return [];
  const detail = `supported values: ${allowed.map((item) => JSON.stringify(item)).join(", ")}`;
  return [{ kind: "notSupported", field, value, detail }];
}

const mutableText =
  "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`," +
  "`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations)," +
  "`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";

function updateErrors(spec: PodSpec, old: PodSpec): FieldError[] {
  if (containersOf(spec).length !== containersOf(old).length || !isEqual(namesOf(spec), namesOf(old))) {
    return [forbidden("spec.containers", "pod updates may not add or remove containers")];
  }
  const keepsTolerations = (old.tolerations ?? []).every((toleration) =>
    (spec.tolerations ?? []).some((other) => isEqual(other, toleration)),
  );
  const isAllowed = keepsTolerations && isEqual(fixedPart(spec), fixedPart(old));
  return isAllowed ? [] : [forbidden("spec", mutableText)];
}

function namesOf(spec: PodSpec): unknown[] {
  return containersOf(spec).map(({ container }) => container.name);
}

/** What of a Pod never changes. */
function fixedPart(spec: PodSpec): PodSpec {
  const withoutImage = (containers: PodSpec["containers"]) => containers?.map(({ image: _, ...rest }) => rest);
  const { activeDeadlineSeconds: _deadline, tolerations: _tolerations, ...rest } = spec;
  return {
    ...rest,
    containers: withoutImage(spec.containers),
    initContainers: withoutImage(spec.initContainers),
  } as PodSpec;
}

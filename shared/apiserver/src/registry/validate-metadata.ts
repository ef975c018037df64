import type { OwnerReference } from "@elemental/api";
import { labelValueErrors, qualifiedNameErrors, subdomainErrors } from "../object/names.ts";
import { type ApiMeta, type ApiObject, isEqual } from "../object/object.ts";
import type { Resource } from "../resources/resource.ts";
import { type FieldError, forbidden, invalid, required } from "../status/field-error.ts";

const annotationsLimit = 256 * 1024;
const standardFinalizers = new Set(["orphan", "foregroundDeletion", "kubernetes"]);

/** Errors in the metadata of an object that is to be stored. */
export function metadataErrors(resource: Resource, { metadata }: ApiObject): FieldError[] {
  return [
    ...nameErrors(resource, metadata),
    ...labelErrors(metadata),
    ...annotationErrors(metadata),
    ...ownerErrors(metadata.ownerReferences ?? []),
    ...(metadata.finalizers ?? []).flatMap((finalizer, index) => finalizerErrors(resource, finalizer, index)),
  ];
}

function nameErrors(resource: Resource, { name, generateName }: ApiMeta): FieldError[] {
  const validateName = resource.strategy.validateName ?? subdomainErrors;
  const errors: FieldError[] = [];
  if (generateName) {
    // The server completes the prefix, so that a trailing dash is no error.
    const completed = generateName.endsWith("-") ? `${generateName.slice(0, -1)}a` : generateName;
    errors.push(...validateName(completed).map((why) => invalid("metadata.generateName", generateName, why)));
  }
  if (!name) return [...errors, required("metadata.name", "name or generateName is required")];
  return [...errors, ...validateName(name).map((why) => invalid("metadata.name", name, why))];
}

function labelErrors({ labels = {} }: ApiMeta): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => [
    ...qualifiedNameErrors(key).map((why) => invalid("metadata.labels", key, why)),
    ...labelValueErrors(value).map((why) => invalid("metadata.labels", value, why)),
  ]);
}

function annotationErrors({ annotations = {} }: ApiMeta): FieldError[] {
  const entries = Object.entries(annotations);
  const errors = entries.flatMap(([key]) =>
    qualifiedNameErrors(key.toLowerCase()).map((why) => invalid("metadata.annotations", key, why)),
  );
  const bytes = entries.reduce((sum, [key, value]) => sum + Buffer.byteLength(key) + Buffer.byteLength(value), 0);
  if (bytes > annotationsLimit) {
    errors.push({
      kind: "tooLong",
      field: "metadata.annotations",
      detail: `may not be more than ${annotationsLimit} bytes`,
    });
  }
  return errors;
}

function ownerErrors(references: readonly OwnerReference[]): FieldError[] {
  const field = "metadata.ownerReferences";
  const errors = references.flatMap((reference) => [
    ...(reference.apiVersion ? [] : [invalid(`${field}.apiVersion`, "", "version must not be empty")]),
    ...(["kind", "name", "uid"] as const)
      .filter((key) => !reference[key])
      .map((key) => invalid(`${field}.${key}`, "", "must not be empty")),
    ...(reference.kind === "Event" && reference.apiVersion === "v1"
      ? [invalid(field, reference, "/v1, Kind=Event is disallowed from being an owner")]
      : []),
  ]);
  const [first, second] = references.filter(({ controller }) => controller);
  if (first && second) {
    const found = `Found "true" in references for ${first.kind}/${first.name} and ${second.kind}/${second.name}`;
    errors.push(invalid(field, references, `Only one reference can have Controller set to true. ${found}`));
  }
  return errors;
}

function finalizerErrors(resource: Resource, finalizer: string, index: number): FieldError[] {
  const errors = qualifiedNameErrors(finalizer).map((why) => invalid("metadata.finalizers", finalizer, why));
  // Custom resources and their definitions may have finalizers without a domain.
  const isLenient = resource.isCustom || resource.group === "apiextensions.k8s.io";
  if (isLenient || errors.length > 0 || finalizer.includes("/") || standardFinalizers.has(finalizer)) return errors;
  return [
    invalid(
      `metadata.finalizers[${index}]`,
      finalizer,
      "name is neither a standard finalizer name nor is it fully qualified",
    ),
  ];
}

const immutable = [
  "name",
  "namespace",
  "uid",
  "creationTimestamp",
  "deletionTimestamp",
  "deletionGracePeriodSeconds",
] as const;

/** Errors of a change of metadata that an update may not make. */
export function metadataUpdateErrors({ metadata }: ApiObject, { metadata: old }: ApiObject): FieldError[] {
  const errors = immutable
    .filter((key) => !isEqual(metadata[key], old[key]))
    .map((key) => invalid(`metadata.${key}`, metadata[key], "field is immutable"));
  if (old.deletionTimestamp) {
    const added = (metadata.finalizers ?? []).filter((finalizer) => !old.finalizers?.includes(finalizer));
    if (added.length > 0) errors.push(forbidden("metadata.finalizers", newFinalizersText(added)));
  }
  return errors;
}

function newFinalizersText(added: readonly string[]): string {
  const list = added.map((finalizer) => JSON.stringify(finalizer)).join(", ");
  return `no new finalizers can be added if the object is being deleted, found new finalizers []string{${list}}`;
}

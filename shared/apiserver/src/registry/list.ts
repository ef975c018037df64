import type { ApiObject } from "../object/object.ts";
import { keyPrefix, type Resource, storageKey } from "../resources/resource.ts";
import { badRequest, expired, invalidObject, tooLargeResourceVersion } from "../status/errors.ts";
import { type FieldError, forbidden, notSupported } from "../status/field-error.ts";
import { StatusError } from "../status/status-error.ts";
import { decodeContinue, encodeContinue } from "./continue-token.ts";
import { present, type Registry } from "./registry.ts";

export interface ListOptions {
  /** 0 is without limit. */
  limit: number;
  continueToken: string;
  resourceVersion: string;
  resourceVersionMatch: string;
  matches(object: ApiObject): boolean;
}

export interface List {
  items: ApiObject[];
  resourceVersion: number;
  continueToken: string | undefined;
  remainingItemCount: number | undefined;
}

/** Lists a collection; an empty namespace means all. Pages of one list show one state. Throws StatusError. */
export function listObjects(
  registry: Registry,
  { resource, namespace }: { resource: Resource; namespace: string },
  options: ListOptions,
): List {
  checkOptions(options);
  const { revision, after } = position(registry, options);
  const stored = snapshot(
    () => registry.store.listAt(resource.storage, keyPrefix(resource, namespace), revision),
    options,
  );
  const rest = after === undefined ? stored : stored.filter((object) => keyOf(resource, object) > after);
  const matching = rest.map((object) => present(resource, object)).filter(options.matches);
  const { limit } = options;
  const last = matching[limit - 1];
  if (limit === 0 || matching.length <= limit || !last) {
    return { items: matching, resourceVersion: revision, continueToken: undefined, remainingItemCount: undefined };
  }
  return {
    items: matching.slice(0, limit),
    resourceVersion: revision,
    continueToken: encodeContinue({ revision, after: keyOf(resource, last) }),
    remainingItemCount: matching.length - limit,
  };
}

function snapshot(read: () => ApiObject[], { continueToken }: ListOptions): ApiObject[] {
  try {
    return read();
  } catch (error) {
    const isForgotten = error instanceof StatusError && error.status === 410;
    throw isForgotten && continueToken !== "" ? expired(continueExpired) : error;
  }
}

function keyOf(resource: Resource, { metadata }: ApiObject): string {
  return storageKey(resource, metadata.namespace ?? "", metadata.name);
}

function position(registry: Registry, options: ListOptions): { revision: number; after: string | undefined } {
  const { store } = registry;
  if (options.continueToken !== "") return decodeContinue(options.continueToken);
  const requested = parseResourceVersion(options.resourceVersion);
  if (requested > store.revision) throw tooLargeResourceVersion(requested, store.revision);
  return { revision: options.resourceVersionMatch === "Exact" ? requested : store.revision, after: undefined };
}

const continueExpired =
  "The provided continue parameter is too old to display a consistent list result. You must start a new list without " +
  "the continue parameter.";

/** Empty is 0. Throws 400 when it is not a number. */
export function parseResourceVersion(text: string): number {
  if (text === "") return 0;
  if (!/^\d{1,19}$/.test(text)) {
    const why = `resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`;
    throw badRequest(`invalid resource version: ${why}`);
  }
  return Number(text);
}

function checkOptions(options: ListOptions): void {
  const { resourceVersionMatch: match, resourceVersion, continueToken } = options;
  if (continueToken !== "" && resourceVersion !== "" && resourceVersion !== "0") {
    throw badRequest("specifying resource version is not allowed when using continue");
  }
  if (match === "") return;
  const field = "resourceVersionMatch";
  if (match !== "Exact" && match !== "NotOlderThan") {
    throw invalidListOptions(notSupported(field, match, ["Exact", "NotOlderThan", ""]));
  }
  if (resourceVersion === "") {
    throw invalidListOptions(forbidden(field, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
  }
  if (continueToken !== "") {
    throw invalidListOptions(forbidden(field, "resourceVersionMatch is forbidden when continue is provided"));
  }
  if (match === "Exact" && resourceVersion === "0") {
    throw invalidListOptions(forbidden(field, 'resourceVersionMatch "exact" is forbidden for resourceVersion "0"'));
  }
}

/** 422 for a combination of list parameters that makes no sense. */
export function invalidListOptions(...errors: readonly FieldError[]) {
  return invalidObject({ group: "meta.k8s.io", name: "ListOptions" }, "", errors);
}

import type { ApiObject } from "../object/object.ts";
import { badRequest } from "../status/errors.ts";
import { StatusError } from "../status/status-error.ts";
import { buildTable, type IncludeObject } from "../table/table.ts";
import { negotiate, type Representation } from "./accept.ts";
import { sendObject } from "./respond.ts";
import { parameter, type Scope } from "./scope.ts";

export interface ObjectList {
  apiVersion: string;
  kind: string;
  metadata: object;
  items: readonly ApiObject[];
}

const metaKinds = new Set(["Table", "PartialObjectMetadata", "PartialObjectMetadataList"]);

/** The representation the client wants of objects. Throws 406. */
export function representationOf({ exchange }: Pick<Scope, "exchange">): Representation {
  const found = negotiate(
    exchange.request.headers.accept,
    ({ kind, group, version }) => metaKinds.has(kind) && group === "meta.k8s.io" && version === "v1",
  );
  if (found) return found;
  throw new StatusError(
    406,
    "NotAcceptable",
    "406: Not Acceptable\n\nAvailable representations: application/json, application/yaml, application/json;stream=watch",
    {},
  );
}

/** Responds with one object, as the client asked for it. */
export function sendSingle(scope: Scope, code: number, object: ApiObject): void {
  const representation = representationOf(scope);
  const { resourceVersion } = object.metadata;
  sendObject(
    scope.exchange,
    code,
    shape(scope, representation, [object], { resourceVersion }) ?? object,
    representation,
  );
}

export function sendCollection(scope: Scope, list: ObjectList): void {
  const representation = representationOf(scope);
  sendObject(scope.exchange, 200, shape(scope, representation, list.items, list.metadata) ?? list, representation);
}

function shape(
  scope: Scope,
  { as }: Representation,
  objects: readonly ApiObject[],
  metadata: object,
): object | undefined {
  if (as?.kind === "Table") return objectTable(scope, objects, metadata);
  if (as?.kind === "PartialObjectMetadata" && objects.length === 1) return objects[0] && partial(objects[0]);
  if (as?.kind === "PartialObjectMetadataList") {
    return { kind: "PartialObjectMetadataList", apiVersion: "meta.k8s.io/v1", metadata, items: objects.map(partial) };
  }
  return undefined;
}

/** An object's metadata alone. */
export function partial({ metadata }: ApiObject): ApiObject {
  return { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata };
}

/** A Table of objects, with as much of each object as the request's `includeObject` asks for. */
export function objectTable(scope: Scope, objects: readonly ApiObject[], metadata: object, withColumns = true): object {
  const include = parameter(scope, "includeObject") || "Metadata";
  if (!isInclude(include)) throw badRequest(`unrecognized includeObject value: "${include}"`);
  const now = scope.registry.now().getTime();
  return buildTable(objects, metadata, { resource: scope.resource, include, now, withColumns });
}

function isInclude(text: string): text is IncludeObject {
  return text === "None" || text === "Metadata" || text === "Object";
}

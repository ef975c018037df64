import type { ApiObject } from "../object/object.ts";
import type { Column, Resource } from "../resources/resource.ts";
import { plainColumns } from "./columns.ts";

/** What a table row carries of its object. */
export type IncludeObject = "None" | "Metadata" | "Object";

export interface TableOptions {
  resource: Resource;
  include: IncludeObject;
  now: number;
  /** Later tables of one watch leave the columns out. */
  withColumns: boolean;
}

/** A meta.k8s.io/v1 Table of the objects; `metadata` is that of the list or of the single object. */
export function buildTable(objects: readonly ApiObject[], metadata: object, options: TableOptions): object {
  const columns = options.resource.strategy.columns ?? plainColumns;
  return {
    kind: "Table",
    apiVersion: "meta.k8s.io/v1",
    metadata,
    columnDefinitions: options.withColumns ? columns.map(definition) : null,
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.value(object, options.now)),
      ...rowObject(object, options.include),
    })),
  };
}

function definition({ name, type, format = "", description = "", priority }: Column): object {
  return { name, type, format, description, priority };
}

function rowObject(object: ApiObject, include: IncludeObject): object {
  if (include === "None") return {};
  const { metadata } = object;
  return {
    object: include === "Object" ? object : { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata },
  };
}

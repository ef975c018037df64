import type { ApiObject } from "../object/object.ts";
import type { Column } from "../resources/resource.ts";
import { ageOf } from "./duration.ts";

export const nameColumn: Column = {
  name: "Name",
  type: "string",
  format: "name",
  description: "Unique within the namespace.",
  priority: 0,
  value: ({ metadata }) => metadata.name ?? "",
};

export const ageColumn: Column = {
  name: "Age",
  type: "string",
  description: "Time since the creation of the object.",
  priority: 0,
  value: ({ metadata }, now) => ageOf(metadata.creationTimestamp, now),
};

/** A column with a text (or number) that a function reads from the object. */
export function column<T extends ApiObject = ApiObject>(
  name: string,
  value: (object: T, now: number) => unknown,
  options: Partial<Pick<Column, "type" | "priority" | "description">> = {},
): Column {
  return { name, type: "string", priority: 0, value: (object, now) => value(object as T, now), ...options };
}

/** Of kinds that have nothing else to show. */
export const plainColumns: readonly Column[] = [nameColumn, ageColumn];

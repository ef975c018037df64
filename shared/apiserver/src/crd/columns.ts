import { stringifyJson } from "@elemental/api";
import type { Column } from "../resources/resource.ts";
import { ageColumn, nameColumn, plainColumns } from "../table/columns.ts";
import { ageOf } from "../table/duration.ts";
import type { PrinterColumn } from "./definition.ts";
import { compileJsonPath } from "./json-path.ts";

/** The columns of a custom kind: its own, or its age when it names none. */
export function printerColumns(columns: readonly PrinterColumn[] | undefined): readonly Column[] {
  return columns && columns.length > 0 ? [nameColumn, ...columns.map(printerColumn)] : plainColumns;
}

function printerColumn({ name, type, format, description, priority = 0, jsonPath }: PrinterColumn): Column {
  const find = compileJsonPath(jsonPath) ?? (() => []);
  return {
    name,
    type: type as Column["type"],
    ...(format && { format }),
    description:
      description ??
      (jsonPath === ".metadata.creationTimestamp"
        ? ageColumn.description
        : `Custom resource definition column (in JSONPath format): ${jsonPath}`) ??
      "",
    priority,
    value: (object, now) => cell(find(object), type, now),
  };
}

// A cell of another type than the column's is left out, as is one without a value.
function cell(found: readonly unknown[], type: string, now: number): unknown {
  const [first] = found;
  if (first === undefined || first === null) return null;
  if (type === "string") return found.length > 1 ? found.map(asText).join(" ") : asText(first);
  return typedCells[type]?.(first, now) ?? null;
}

const typedCells: Record<string, (value: unknown, now: number) => unknown> = {
  integer: (value) => (typeof value === "number" ? Math.trunc(value) : typeof value === "bigint" ? value : null),
  number: (value) => (typeof value === "number" || typeof value === "bigint" ? value : null),
  boolean: (value) => (typeof value === "boolean" ? value : null),
  date: (value, now) => (typeof value === "string" ? ageOf(value, now) : null),
};

function asText(value: unknown): string {
  return typeof value === "object" ? stringifyJson(value) : String(value);
}

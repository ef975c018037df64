import { type ApiObject, isRecord, type JsonObject } from "../object/object.ts";
import { type FieldError, invalid } from "../status/field-error.ts";
import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { dataErrors } from "./config-data.ts";
import { defineKind } from "./define.ts";
import { immutabilityErrors } from "./secret.ts";

function mapOf(value: unknown): JsonObject {
  return isRecord(value) ? value : {};
}

function validate(object: ApiObject, old: ApiObject | undefined): FieldError[] {
  const data = mapOf(object.data);
  const binary = mapOf(object.binaryData);
  return [
    ...dataErrors(data, "data", (value) => Buffer.byteLength(value)),
    ...dataErrors(binary, "binaryData", (value) => Buffer.from(value, "base64").length),
    ...Object.keys(data)
      .filter((key) => Object.hasOwn(binary, key))
      .map((key) => invalid(`data[${key}]`, key, "duplicate of key present in binaryData")),
    ...immutabilityErrors(object, old),
  ];
}

export const configMaps = defineKind({
  group: "",
  version: "v1",
  kind: "ConfigMap",
  plural: "configmaps",
  namespaced: true,
  definition: "io.k8s.api.core.v1.ConfigMap",
  shortNames: ["cm"],
  strategy: {
    validate,
    columns: [
      nameColumn,
      column(
        "Data",
        ({ data, binaryData }) => Object.keys(mapOf(data)).length + Object.keys(mapOf(binaryData)).length,
        {
          description: "Number of keys.",
        },
      ),
      ageColumn,
    ],
  },
});

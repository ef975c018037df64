import { type ApiObject, isEqual, isRecord, type JsonObject } from "../object/object.ts";
import { type FieldError, forbidden, invalid, required } from "../status/field-error.ts";
import { ageColumn, column, nameColumn } from "../table/columns.ts";
import { dataErrors } from "./config-data.ts";
import { defineKind } from "./define.ts";

const requiredKeys: Record<string, readonly string[]> = {
  "kubernetes.io/dockercfg": [".dockercfg"],
  "kubernetes.io/dockerconfigjson": [".dockerconfigjson"],
  "kubernetes.io/tls": ["tls.crt", "tls.key"],
  "kubernetes.io/ssh-auth": ["ssh-privatekey"],
};
const accountAnnotation = "kubernetes.io/service-account.name";

function typeOf({ type }: ApiObject): string {
  return typeof type === "string" ? type : "";
}

function mergeStringData(object: ApiObject): void {
  if (isRecord(object.stringData)) {
    const encoded = Object.entries(object.stringData).map(
      ([key, value]) => [key, Buffer.from(String(value)).toString("base64")] as const,
    );
    object.data = { ...(isRecord(object.data) ? object.data : {}), ...Object.fromEntries(encoded) };
  }
  delete object.stringData;
}

function validate(object: ApiObject, old: ApiObject | undefined): FieldError[] {
  const data: JsonObject = isRecord(object.data) ? object.data : {};
  const type = typeOf(object);
  return [
    ...dataErrors(data, "data", (value) => Buffer.from(value, "base64").length),
    ...(requiredKeys[type] ?? []).filter((key) => data[key] === undefined).map((key) => required(`data[${key}]`)),
    ...(type === "kubernetes.io/basic-auth" && data.username === undefined && data.password === undefined
      ? [required("data[username]"), required("data[password]")]
      : []),
    ...(type === "kubernetes.io/service-account-token" && !object.metadata.annotations?.[accountAnnotation]
      ? [required(`metadata.annotations[${accountAnnotation}]`)]
      : []),
    ...(old && typeOf(old) !== type ? [invalid("type", type, "field is immutable")] : []),
    ...immutabilityErrors(object, old),
  ];
}

/** Errors of a change to a Secret or ConfigMap that was made immutable. */
export function immutabilityErrors(object: ApiObject, old: ApiObject | undefined): FieldError[] {
  if (old?.immutable !== true) return [];
  const detail = "field is immutable when `immutable` is set";
  return [
    ...(object.immutable === true ? [] : [forbidden("immutable", detail)]),
    ...["data", "binaryData"].filter((key) => !isEqual(object[key], old[key])).map((key) => forbidden(key, detail)),
  ];
}

export const secrets = defineKind({
  group: "",
  version: "v1",
  kind: "Secret",
  plural: "secrets",
  namespaced: true,
  definition: "io.k8s.api.core.v1.Secret",
  strategy: {
    setDefaults(object) {
      mergeStringData(object);
      if (typeOf(object) === "") object.type = "Opaque";
    },
    prepareForUpdate(object, old) {
      if (typeOf(object) === "") object.type = old.type;
    },
    validate,
    selectableFields: (object) => ({ type: typeOf(object) }),
    columns: [
      nameColumn,
      column("Type", typeOf, { description: "What the data is for." }),
      column("Data", (object) => Object.keys(isRecord(object.data) ? object.data : {}).length, {
        description: "Number of keys.",
      }),
      ageColumn,
    ],
  },
});

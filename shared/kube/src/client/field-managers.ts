import { isJsonObject, type ObjectKey, parseJson, type ResourceType } from "@elemental/api";
import type { FieldManager } from "../ports.ts";
import { describeObject } from "../subject.ts";
import { objectPath } from "./path.ts";
import type { Transport } from "./transport.ts";

/** The managed fields of an object. Throws a KubeError. */
export async function readFieldManagers(
  transport: Pick<Transport, "request">,
  type: ResourceType,
  key: ObjectKey,
): Promise<FieldManager[]> {
  const subject = { text: `get ${describeObject(type, key)}`, confidential: false, resource: type.plural };
  const object = parseJson(await transport.request({ method: "GET", path: objectPath(type, key), subject }));
  const metadata = isJsonObject(object) ? object["metadata"] : undefined;
  const entries = isJsonObject(metadata) ? metadata["managedFields"] : undefined;
  return Array.isArray(entries) ? entries.filter(isJsonObject).map(fieldManager) : [];
}

function fieldManager({ manager, time, fieldsV1 }: Record<string, unknown>): FieldManager {
  const name = typeof manager === "string" ? manager : "";
  return { manager: name, ...(typeof time === "string" && { time }), fields: fieldsV1 };
}

import { parseJson } from "@elemental/api";
import { versionInfo } from "../http/version.ts";
import { isRecord, type JsonObject } from "../object/object.ts";
import type { Document } from "./documents.ts";

/** The definitions of all documents as one OpenAPI v2 document, for clients that know only that. */
export function swaggerDocument(documents: readonly Document[]): object {
  const parsed = documents.map(({ text }) => parseJson(text.replaceAll("#/components/schemas/", "#/definitions/")));
  const schemas = parsed.map((document) => section(section(document, "components"), "schemas"));
  return {
    swagger: "2.0",
    info: { title: "Kubernetes", version: versionInfo.gitVersion },
    paths: Object.assign({}, ...parsed.map((document) => section(document, "paths"))),
    definitions: Object.assign({}, ...schemas),
  };
}

function section(value: unknown, name: string): JsonObject {
  const found = isRecord(value) ? value[name] : undefined;
  return isRecord(found) ? found : {};
}

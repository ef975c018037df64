import { createHash } from "node:crypto";
import { stringifyJson } from "@elemental/api";
import { groupListings } from "../discovery/groups.ts";
import type { Catalog } from "../resources/catalog.ts";
import { apiVersionOf, type Resource } from "../resources/resource.ts";
import { openApiDocument } from "./document.ts";

export interface Document {
  /** Such as `api/v1` and `apis/GROUP/VERSION`. */
  path: string;
  /** The JSON text. */
  text: string;
  hash: string;
}

/** The OpenAPI documents of what is served; made when first asked for. */
export class OpenApiDocuments {
  readonly #catalog: Catalog;
  #documents: ReadonlyMap<string, Document> | undefined;

  constructor(catalog: Catalog) {
    this.#catalog = catalog;
    catalog.onChange(() => {
      this.#documents = undefined;
    });
  }

  all(): readonly Document[] {
    return [...this.#current().values()];
  }

  find(path: string): Document | undefined {
    return this.#current().get(path);
  }

  #current(): ReadonlyMap<string, Document> {
    this.#documents ??= new Map(
      groupListings(this.#catalog).flatMap(({ versions }) =>
        versions.map(({ resources }) => {
          const document = documentOf(resources);
          return [document.path, document] as const;
        }),
      ),
    );
    return this.#documents;
  }
}

function documentOf(resources: readonly Resource[]): Document {
  const [{ group, version } = { group: "", version: "" }] = resources;
  const text = stringifyJson(openApiDocument(resources));
  const path = group === "" ? `api/${version}` : `apis/${apiVersionOf({ group, version })}`;
  return { path, text, hash: createHash("sha256").update(text).digest("hex").toUpperCase() };
}

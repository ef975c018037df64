import type { Resource, Strategy, Verb } from "../resources/resource.ts";
import type { Schema } from "../schema/schema.ts";
import { definitionOf, definitions } from "./openapi/definitions.ts";

export const allVerbs: readonly Verb[] = [
  "create",
  "delete",
  "deletecollection",
  "get",
  "list",
  "patch",
  "update",
  "watch",
];

export interface KindDescription {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
  /** Name of the kind's OpenAPI definition. */
  definition: string;
  strategy?: Partial<Strategy>;
  shortNames?: readonly string[];
  categories?: readonly string[];
  subresources?: readonly string[];
  verbs?: readonly Verb[];
  /** Where another kind's objects are shown: its collection, and how they are brought into this form. */
  storage?: string;
  convert?: Resource["convert"];
  /** Whether objects of the kind are answered and never stored. */
  isQuestion?: boolean;
}

/** A built-in kind as a served resource. */
export function defineKind(description: KindDescription): Resource {
  const { group, kind, plural, definition, strategy, shortNames = [], categories = [] } = description;
  const { subresources = [], verbs = allVerbs } = description;
  let schema: Schema | undefined;
  return {
    group,
    version: description.version,
    kind,
    plural,
    namespaced: description.namespaced,
    singular: kind.toLowerCase(),
    listKind: `${kind}List`,
    shortNames,
    categories,
    verbs,
    subresources,
    get schema() {
      schema ??= definitionOf(definition);
      return schema;
    },
    definition: { name: definition, schema: () => definitions[definition] ?? {} },
    strategy: { allowsUnconditionalUpdate: true, ...strategy },
    isCustom: false,
    isQuestion: description.isQuestion ?? false,
    storage: description.storage ?? (group === "" ? plural : `${plural}.${group}`),
    ...(description.convert && { convert: description.convert }),
  };
}

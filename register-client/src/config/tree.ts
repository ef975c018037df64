import { type Document, isAlias, isMap, isScalar, isSeq, parseAllDocuments, type Scalar } from "yaml";

/** A parsed file of the machine. Scalars keep the text they were written as; integers are exact. */
export type Tree = TreeMap | TreeList | TreeScalar;

export interface TreeMap {
  kind: "map";
  members: ReadonlyMap<string, Tree>;
}

export interface TreeList {
  kind: "list";
  items: readonly Tree[];
}

export interface TreeScalar {
  kind: "scalar";
  value: string | number | bigint | boolean | null;
  /** `1.50` stays `1.50`; null is empty. */
  text: string;
}

/** Nodes of one document after its aliases are expanded; a document that needs more is an attack. */
const MAX_NODES = 100_000;

/** Levels of nesting that are read. */
const MAX_DEPTH = 64;

/**
 * The first document of a YAML (or JSON) text; undefined when there is none. Duplicate keys are an error. Throws an Error
 * that names the place but not the content, which may be secret.
 */
export function parseTree(text: string): Tree | undefined {
  const documents = parseAllDocuments(text, {
    intAsBigInt: true,
    prettyErrors: false,
    logLevel: "silent",
  });
  const document = Array.isArray(documents) ? documents[0] : undefined;
  if (!document) return undefined;
  const [error] = document.errors;
  if (error) throw new Error(`${error.code} at character ${error.pos[0]}`);
  if (document.contents === null) return undefined;
  return convert(document.contents, { document, left: MAX_NODES }, 0);
}

interface Conversion {
  document: Document;
  left: number;
}

function convert(node: unknown, state: Conversion, depth: number): Tree {
  state.left -= 1;
  if (state.left < 0 || depth > MAX_DEPTH) throw new Error("the document is nested too deeply or too large");
  if (isAlias(node)) return convert(node.resolve(state.document), state, depth + 1);
  if (isMap(node)) {
    const members = node.items.map(({ key, value }) => [keyText(key), convert(value, state, depth + 1)] as const);
    return { kind: "map", members: new Map(members) };
  }
  if (isSeq(node)) return { kind: "list", items: node.items.map((item) => convert(item, state, depth + 1)) };
  return isScalar(node) ? convertScalar(node) : { kind: "scalar", value: null, text: "" };
}

function keyText(key: unknown): string {
  if (isScalar(key)) return convertScalar(key).text;
  if (key === null || key === undefined) return "";
  throw new Error("a key is no scalar");
}

function convertScalar({ value, source }: Scalar): TreeScalar {
  if (value === null || value === undefined) return { kind: "scalar", value: null, text: "" };
  switch (typeof value) {
    case "string":
      return { kind: "scalar", value, text: value };
    case "number":
    case "bigint":
    case "boolean":
      return { kind: "scalar", value, text: source ?? String(value) };
    default:
      throw new Error(`a value of type ${typeof value} is not supported`);
  }
}

/** Whether a node is absent, empty or the word null. */
export function isNothing(tree: Tree | undefined): tree is undefined | (TreeScalar & { value: null }) {
  return tree === undefined || (tree.kind === "scalar" && tree.value === null);
}

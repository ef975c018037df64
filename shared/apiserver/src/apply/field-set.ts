import { isRecord, type JsonObject } from "../object/object.ts";
import type { PathElement } from "./path-element.ts";

interface Node {
  /** Whether the path that ends here is in the set; its descendants are independent of that. */
  isMember: boolean;
  children: FieldSet;
}

/** A set of field paths. Operations return new sets. */
export class FieldSet {
  readonly nodes: ReadonlyMap<PathElement, Node>;

  constructor(nodes: ReadonlyMap<PathElement, Node> = new Map()) {
    this.nodes = nodes;
  }

  get isEmpty(): boolean {
    return this.nodes.size === 0;
  }

  /** Whether the path of one element is a member. */
  has(element: PathElement): boolean {
    return this.nodes.get(element)?.isMember ?? false;
  }

  /** The paths below an element. */
  below(element: PathElement): FieldSet {
    return this.nodes.get(element)?.children ?? empty;
  }

  union(other: FieldSet): FieldSet {
    return this.#combine(other, (left, right) => left || right);
  }

  intersection(other: FieldSet): FieldSet {
    return this.#combine(other, (left, right) => left && right);
  }

  difference(other: FieldSet): FieldSet {
    return this.#combine(other, (left, right) => left && !right);
  }

  equals(other: FieldSet): boolean {
    return this.difference(other).isEmpty && other.difference(this).isEmpty;
  }

  /** Every member path, in order. */
  *paths(prefix: readonly PathElement[] = []): Iterable<PathElement[]> {
    for (const element of [...this.nodes.keys()].sort(byDepthLast(this.nodes))) {
      const path = [...prefix, element];
      if (this.has(element)) yield path;
      yield* this.below(element).paths(path);
    }
  }

  #combine(other: FieldSet, decide: (left: boolean, right: boolean) => boolean): FieldSet {
    const nodes = new Map<PathElement, Node>();
    for (const element of new Set([...this.nodes.keys(), ...other.nodes.keys()])) {
      const isMember = decide(this.has(element), other.has(element));
      const children = this.below(element).#combine(other.below(element), decide);
      if (isMember || !children.isEmpty) nodes.set(element, { isMember, children });
    }
    return new FieldSet(nodes);
  }
}

const empty = new FieldSet();

// Members that end at one level come before those that end below it, as the API server lists conflicts.
function byDepthLast(nodes: ReadonlyMap<PathElement, Node>) {
  const rank = (element: PathElement) => Number(!nodes.get(element)?.isMember);
  return (left: PathElement, right: PathElement) => rank(left) - rank(right) || (left < right ? -1 : 1);
}

/** Collects paths into a set. */
export class FieldSetBuilder {
  readonly #nodes = new Map<PathElement, { isMember: boolean; children: FieldSetBuilder }>();

  /** The builder for the paths below an element. */
  below(element: PathElement): FieldSetBuilder {
    return this.#node(element).children;
  }

  insert(element: PathElement): void {
    this.#node(element).isMember = true;
  }

  build(): FieldSet {
    const nodes = new Map<PathElement, Node>();
    for (const [element, { isMember, children }] of this.#nodes) {
      const set = children.build();
      if (isMember || !set.isEmpty) nodes.set(element, { isMember, children: set });
    }
    return new FieldSet(nodes);
  }

  #node(element: PathElement) {
    const node = this.#nodes.get(element) ?? { isMember: false, children: new FieldSetBuilder() };
    this.#nodes.set(element, node);
    return node;
  }
}

/** The FieldsV1 form of a set. */
export function encodeFields(set: FieldSet): JsonObject {
  const fields: JsonObject = {};
  for (const element of [...set.nodes.keys()].sort()) {
    const children = encodeFields(set.below(element));
    const marks = set.has(element) && !set.below(element).isEmpty ? { ".": {} } : {};
    fields[element] = { ...marks, ...children };
  }
  return fields;
}

/** Reads FieldsV1; what has no meaning is ignored. */
export function decodeFields(fields: JsonObject): FieldSet {
  const nodes = new Map<PathElement, Node>();
  for (const [element, value] of Object.entries(fields)) {
    if (!/^[fkvi]:/.test(element) || !isRecord(value)) continue;
    const children = decodeFields(value);
    nodes.set(element, { isMember: Object.hasOwn(value, ".") || children.isEmpty, children });
  }
  return new FieldSet(nodes);
}

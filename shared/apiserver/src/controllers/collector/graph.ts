import type { KubeObject, OwnerReference } from "@elemental/api";
import type { ServedResource } from "../../loopback.ts";

/** The finalizer by which the API marks a foreground deletion. */
export const foregroundFinalizer = "foregroundDeletion";
/** The finalizer by which the API marks a deletion that leaves dependents. */
export const orphanFinalizer = "orphan";

/** An object as far as ownership goes. */
export interface OwnedNode {
  resource: ServedResource;
  namespace: string;
  name: string;
  uid: string;
  owners: readonly OwnerReference[];
  /** Being deleted in the foreground: waits for its dependents. */
  awaitsDependents: boolean;
  /** Being deleted with its dependents to be left. */
  orphansDependents: boolean;
}

export function nodeOf(resource: ServedResource, { metadata }: KubeObject): OwnedNode {
  const deleting = metadata.deletionTimestamp !== undefined;
  return {
    resource,
    namespace: metadata.namespace ?? "",
    name: metadata.name,
    uid: metadata.uid ?? "",
    owners: metadata.ownerReferences ?? [],
    awaitsDependents: deleting && hasFinalizer(metadata.finalizers, foregroundFinalizer),
    orphansDependents: deleting && hasFinalizer(metadata.finalizers, orphanFinalizer),
  };
}

function hasFinalizer(finalizers: readonly string[] | undefined, name: string): boolean {
  return finalizers?.includes(name) === true;
}

/** Who owns whom, by uid. Methods that change it return the uids that have to be looked at because of that. */
export class OwnerGraph {
  readonly #nodes = new Map<string, OwnedNode>();
  readonly #dependents = new Map<string, Set<string>>();

  get(uid: string): OwnedNode | undefined {
    return this.#nodes.get(uid);
  }

  /** The objects that name `uid` as an owner. */
  dependents(uid: string): OwnedNode[] {
    return [...(this.#dependents.get(uid) ?? [])].flatMap((dependent) => this.#nodes.get(dependent) ?? []);
  }

  put(node: OwnedNode): string[] {
    const previous = this.#nodes.get(node.uid);
    const former = previous?.owners ?? [];
    for (const { uid } of former) this.#dependents.get(uid)?.delete(node.uid);
    for (const { uid } of node.owners) this.#dependentsOf(uid).add(node.uid);
    this.#nodes.set(node.uid, node);
    const changed =
      JSON.stringify(former) !== JSON.stringify(node.owners) ||
      previous?.awaitsDependents !== node.awaitsDependents ||
      previous?.orphansDependents !== node.orphansDependents;
    if (!changed) return [];
    const dependents = node.awaitsDependents ? (this.#dependents.get(node.uid) ?? []) : [];
    return [node.uid, ...this.#waitingOwners(former), ...dependents];
  }

  remove(uid: string): string[] {
    const node = this.#nodes.get(uid);
    this.#nodes.delete(uid);
    for (const owner of node?.owners ?? []) {
      const siblings = this.#dependents.get(owner.uid);
      siblings?.delete(uid);
      if (siblings?.size === 0) this.#dependents.delete(owner.uid);
    }
    return [...(this.#dependents.get(uid) ?? []), ...this.#waitingOwners(node?.owners ?? [])];
  }

  /** All objects of a collection that is no longer served. */
  removeCollection(group: string, resource: string): string[] {
    const gone = [...this.#nodes.values()].filter(
      (n) => n.resource.group === group && n.resource.resource === resource,
    );
    return gone.flatMap(({ uid }) => this.remove(uid));
  }

  #waitingOwners(owners: readonly OwnerReference[]): string[] {
    return owners.map(({ uid }) => uid).filter((uid) => this.#nodes.get(uid)?.awaitsDependents);
  }

  #dependentsOf(uid: string): Set<string> {
    const found = this.#dependents.get(uid) ?? new Set();
    this.#dependents.set(uid, found);
    return found;
  }
}

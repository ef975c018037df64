import type { OwnerReference } from "@elemental/api";
import { type WorkQueue, workQueue } from "../../client/work-queue.ts";
import type { Loopback, ServedResource } from "../../loopback.ts";
import type { ControllerContext, Stop } from "../controller.ts";
import { watchCollections } from "../watch-collections.ts";
import { decide, type OwnerState } from "./decide.ts";
import { nodeOf, type OwnedNode, OwnerGraph } from "./graph.ts";
import { perform } from "./perform.ts";

/** Deletes objects whose owners are all gone, and carries out foreground and orphaning deletions. */
export function collectGarbage({ loopback, onError }: ControllerContext): Stop {
  const graph = new OwnerGraph();
  const queue = workQueue({
    work: (uid) => collect(loopback, graph, queue, uid),
    onError: (error, uid) => onError(error, `collect ${describe(graph.get(uid))}`),
  });
  const addAll = (uids: readonly string[]) => {
    for (const uid of uids) queue.add(uid);
  };
  const unwatch = watchCollections(loopback, {
    // Events name no owners and come in great numbers.
    wants: ({ resource }) => resource !== "events",
    changed: (resource, { type, object }) =>
      addAll(type === "DELETED" ? graph.remove(object.metadata.uid ?? "") : graph.put(nodeOf(resource, object))),
    removed: ({ group, resource }) => addAll(graph.removeCollection(group, resource)),
  });
  return async () => {
    unwatch();
    await queue.stop();
  };
}

// How long to wait before asking again for an owner whose kind is not served.
const unknownKindRetryMs = 30_000;

async function collect(
  loopback: Loopback,
  graph: OwnerGraph,
  queue: WorkQueue,
  uid: string,
): Promise<number | undefined> {
  const known = graph.get(uid);
  if (!known) return undefined;
  const latest = await loopback.get(known.resource, known.namespace, known.name);
  if (latest?.metadata.uid !== uid) {
    for (const affected of graph.remove(uid)) queue.add(affected);
    return undefined;
  }
  const node = nodeOf(known.resource, latest);
  const owners = await Promise.all(
    node.owners.map(async (reference) => ({ reference, state: await ownerState(loopback, node, reference) })),
  );
  const isDeleting = latest.metadata.deletionTimestamp !== undefined;
  const decision = decide({ node, isDeleting, owners, dependents: graph.dependents(uid) });
  if (decision.do === "await") for (const dependent of decision.dependents) queue.add(dependent.uid);
  else await perform(loopback, node, decision);
  return owners.some(({ state }) => state === "unknown") ? unknownKindRetryMs : undefined;
}

async function ownerState(loopback: Loopback, node: OwnedNode, reference: OwnerReference): Promise<OwnerState> {
  const resource = ownerResource(loopback, reference);
  if (!resource || (resource.namespaced && !node.resource.namespaced)) return "unknown";
  const owner = await loopback.get(resource, resource.namespaced ? node.namespace : "", reference.name);
  if (!owner || owner.metadata.uid !== reference.uid) return "gone";
  return nodeOf(resource, owner).awaitsDependents ? "awaits-dependents" : "exists";
}

function ownerResource(loopback: Loopback, { apiVersion, kind }: OwnerReference): ServedResource | undefined {
  const group = apiVersion.includes("/") ? apiVersion.slice(0, apiVersion.indexOf("/")) : "";
  return loopback.resources().find((resource) => resource.group === group && resource.kind === kind);
}

function describe(node: OwnedNode | undefined): string {
  return node ? `${node.resource.resource} ${node.namespace}/${node.name}` : "an object that is gone";
}

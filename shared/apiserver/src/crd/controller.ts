import { builtInKinds } from "../kinds/index.ts";
import { clone, isEqual } from "../object/object.ts";
import { deleteObject } from "../registry/delete.ts";
import { type Registry, timestamp } from "../registry/registry.ts";
import { acceptNames, establish, type TakenNames, withConditions } from "./conditions.ts";
import { type CustomResourceDefinition, cleanupFinalizer, definitionStorage, isTrue } from "./definition.ts";
import { resourceOf, resourcesOf } from "./resources.ts";

const retryMs = 1000;

/**
 * Keeps what is served in step with the CustomResourceDefinitions: accepts names, establishes, and empties a definition
 * that is being deleted. Returns the end of it.
 */
export function runDefinitionController(registry: Registry): () => void {
  const emptying = new Map<string, () => void>();
  let cancel: (() => void) | undefined;
  const schedule = (delay = 0) => {
    if (cancel) return;
    const timer = setTimeout(pass, delay);
    cancel = () => clearTimeout(timer);
  };
  const pass = () => {
    cancel = undefined;
    try {
      for (const definition of definitions(registry)) settle(registry, definition);
      watchEmptying(registry, emptying, schedule);
    } catch (error) {
      registry.onError(error, "settle the CustomResourceDefinitions");
      schedule(retryMs);
    }
  };
  serve(registry);
  schedule();
  const unsubscribe = registry.store.subscribe(definitionStorage, () => {
    serve(registry);
    schedule();
  });
  return () => {
    unsubscribe();
    cancel?.();
    for (const release of emptying.values()) release();
  };
}

/** Waits for the last object of each definition that is being deleted. */
function watchEmptying(registry: Registry, emptying: Map<string, () => void>, schedule: () => void): void {
  const wanted = new Map(
    definitions(registry)
      .filter(({ metadata }) => metadata.deletionTimestamp)
      .map((definition) => [collectionOf(definition), definition]),
  );
  for (const [collection, release] of emptying) {
    if (wanted.has(collection)) continue;
    release();
    emptying.delete(collection);
  }
  for (const collection of wanted.keys()) {
    if (!emptying.has(collection))
      emptying.set(
        collection,
        registry.store.subscribe(collection, () => schedule()),
      );
  }
}

function definitions({ store }: Registry): CustomResourceDefinition[] {
  return store.list(definitionStorage, "") as CustomResourceDefinition[];
}

function serve(registry: Registry): void {
  const established = definitions(registry).filter((definition) => isTrue(definition, "Established"));
  registry.catalog.serveCustom(established.flatMap(resourcesOf));
}

function settle(registry: Registry, definition: CustomResourceDefinition): void {
  if (definition.metadata.deletionTimestamp) {
    empty(registry, definition);
    return;
  }
  const next = settled(registry, definition);
  if (!isEqual(next, definition)) registry.store.put(definitionStorage, definition.metadata.name, next);
}

/** The definition with its conditions, accepted names and finalizer as they should be. */
function settled(registry: Registry, definition: CustomResourceDefinition): CustomResourceDefinition {
  const next = clone(definition);
  const { acceptedNames, verdict } = acceptNames(definition, namesOfOthers(registry, definition));
  const established = establish(isTrue(definition, "Established"), verdict);
  next.status = withConditions({ ...next.status, acceptedNames }, [verdict, established], timestamp(registry.now()));
  const finalizers = next.metadata.finalizers ?? [];
  if (!finalizers.includes(cleanupFinalizer)) next.metadata.finalizers = [...finalizers, cleanupFinalizer];
  return next;
}

function namesOfOthers(registry: Registry, { metadata, spec }: CustomResourceDefinition): TakenNames {
  const others = definitions(registry).filter(
    (item) => item.metadata.name !== metadata.name && item.spec.group === spec.group,
  );
  const names = others.flatMap(({ status }) => (status?.acceptedNames ? [status.acceptedNames] : []));
  const builtIn = builtInKinds.filter(({ group }) => group === spec.group);
  return {
    resources: new Set([
      ...names.flatMap(({ plural, singular, shortNames = [] }) => [plural, singular ?? "", ...shortNames]),
      ...builtIn.flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames]),
    ]),
    kinds: new Set([
      ...names.flatMap(({ kind, listKind = "" }) => [kind, listKind]),
      ...builtIn.flatMap(({ kind, listKind }) => [kind, listKind]),
    ]),
  };
}

function collectionOf({ spec }: CustomResourceDefinition): string {
  return `${spec.names.plural}.${spec.group}`;
}

/** Deletes the objects of a definition being deleted; once they are gone lets it go. */
function empty(registry: Registry, definition: CustomResourceDefinition): void {
  const { store } = registry;
  const { name, finalizers = [] } = definition.metadata;
  if (!finalizers.includes(cleanupFinalizer)) return;
  const version = definition.spec.versions.find(({ storage }) => storage) ?? definition.spec.versions[0];
  const objects = () => store.list(collectionOf(definition), "");
  if (version && isTrue(definition, "Established")) {
    const resource = resourceOf(definition, version);
    for (const { metadata } of objects().filter(({ metadata }) => !metadata.deletionTimestamp)) {
      deleteObject(registry, { resource, namespace: metadata.namespace ?? "", name: metadata.name }, { dryRun: false });
    }
  }
  if (objects().length > 0) return;
  const next = clone(definition);
  next.metadata.finalizers = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer);
  if (next.metadata.finalizers.length > 0) store.put(definitionStorage, name, next);
  else store.remove(definitionStorage, name, next);
}

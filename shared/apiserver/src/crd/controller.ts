import { builtInKinds } from "../kinds/index.ts";
import { clone, isEqual } from "../object/object.ts";
import { deleteObject } from "../registry/delete.ts";
import { type Registry, timestamp } from "../registry/registry.ts";
import { acceptNames, establish, type TakenNames, withConditions } from "./conditions.ts";
import { type CustomResourceDefinition, cleanupFinalizer, definitionStorage, isTrue } from "./definition.ts";
import { resourceOf, resourcesOf } from "./resources.ts";

/**
 * Keeps what is served in step with the CustomResourceDefinitions: accepts names, establishes, and empties a definition
 * that is being deleted. Returns the end of it.
 */
export function runDefinitionController(registry: Registry): () => void {
  const { store } = registry;
  const pending = new Map<string, NodeJS.Immediate>();
  const held = new Map<string, () => void>();
  const schedule = (name: string) => {
    if (pending.has(name)) return;
    pending.set(
      name,
      setImmediate(() => {
        pending.delete(name);
        sync(registry, name, held, schedule);
      }),
    );
  };
  serve(registry);
  for (const { metadata } of definitions(registry)) schedule(metadata.name);
  const unsubscribe = store.subscribe(definitionStorage, ({ key }) => {
    serve(registry);
    for (const { metadata } of definitions(registry)) schedule(metadata.name);
    schedule(key);
  });
  return () => {
    unsubscribe();
    for (const immediate of pending.values()) clearImmediate(immediate);
    for (const release of held.values()) release();
  };
}

function definitions({ store }: Registry): CustomResourceDefinition[] {
  return store.list(definitionStorage, "") as CustomResourceDefinition[];
}

function serve(registry: Registry): void {
  const established = definitions(registry).filter((definition) => isTrue(definition, "Established"));
  registry.catalog.serveCustom(established.flatMap(resourcesOf));
}

function sync(registry: Registry, name: string, held: Map<string, () => void>, schedule: (name: string) => void): void {
  const { store } = registry;
  const definition = store.get(definitionStorage, name) as CustomResourceDefinition | undefined;
  if (!definition?.metadata.deletionTimestamp) {
    held.get(name)?.();
    held.delete(name);
  }
  if (!definition) return;
  if (definition.metadata.deletionTimestamp) {
    if (empty(registry, definition)) return;
    if (!held.has(name))
      held.set(
        name,
        store.subscribe(collectionOf(definition), () => schedule(name)),
      );
    return;
  }
  const next = settle(registry, definition);
  if (!isEqual(next, definition)) store.put(definitionStorage, name, next);
}

/** The definition with its conditions, accepted names and finalizer as they should be. */
function settle(registry: Registry, definition: CustomResourceDefinition): CustomResourceDefinition {
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

/** Deletes the objects of a definition being deleted; once they are gone lets it go and returns true. */
function empty(registry: Registry, definition: CustomResourceDefinition): boolean {
  const { store } = registry;
  const { name, finalizers = [] } = definition.metadata;
  if (!finalizers.includes(cleanupFinalizer)) return true;
  const version = definition.spec.versions.find(({ storage }) => storage) ?? definition.spec.versions[0];
  const objects = store.list(collectionOf(definition), "");
  if (version && isTrue(definition, "Established")) {
    const resource = resourceOf(definition, version);
    for (const { metadata } of objects.filter(({ metadata }) => !metadata.deletionTimestamp)) {
      deleteObject(registry, { resource, namespace: metadata.namespace ?? "", name: metadata.name }, { dryRun: false });
    }
  }
  if (store.list(collectionOf(definition), "").length > 0) return false;
  const next = clone(definition);
  next.metadata.finalizers = finalizers.filter((finalizer) => finalizer !== cleanupFinalizer);
  if (next.metadata.finalizers.length > 0) store.put(definitionStorage, name, next);
  else store.remove(definitionStorage, name, next);
  return true;
}

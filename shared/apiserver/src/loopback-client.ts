import type { KubeObject } from "@elemental/api";
import { preferredResources } from "./discovery/groups.ts";
import type { GroupVersionResource, Loopback, LoopbackEvent } from "./loopback.ts";
import { type ApiObject, clone } from "./object/object.ts";
import { createObject } from "./registry/create.ts";
import { decodeBody } from "./registry/decode-body.ts";
import { deleteObject } from "./registry/delete.ts";
import { present, type Registry, type WriteOptions } from "./registry/registry.ts";
import { updateObject } from "./registry/update.ts";
import { keyPrefix, type Resource, storageKey } from "./resources/resource.ts";
import { notServed } from "./status/errors.ts";
import { startWatch } from "./watch/watch.ts";

/** The in-process port. Writes belong to the field manager `fieldManager`; refusals are StatusErrors. */
export function createLoopback(registry: Registry, fieldManager: string): Loopback {
  const { store, catalog } = registry;
  const resourceOf = ({ group, version, resource }: GroupVersionResource): Resource => {
    const found = catalog.find(group, version, resource);
    if (!found) throw notServed();
    return found;
  };
  const options: WriteOptions = { dryRun: false, fieldManager, fieldValidation: "Ignore", warn: () => {} };
  return {
    async get(type, namespace, name) {
      const resource = resourceOf(type);
      const stored = store.get(resource.storage, storageKey(resource, namespace, name));
      return stored && present(resource, stored);
    },
    async list(type, namespace) {
      const resource = resourceOf(type);
      return store.list(resource.storage, keyPrefix(resource, namespace)).map((stored) => present(resource, stored));
    },
    async create(type, object) {
      const target = { resource: resourceOf(type), namespace: object.metadata.namespace ?? "" };
      return createObject(registry, target, clone(object), options);
    },
    async update(type, object, subresource) {
      return update(registry, resourceOf(type), object, { ...options, subresource: subresource ?? "" });
    },
    async delete(type, { namespace, name }, deletion = {}) {
      deleteObject(registry, { resource: resourceOf(type), namespace, name }, { dryRun: false, ...deletion });
    },
    watch: (type, listener) => watch(registry, resourceOf(type), listener),
    resources: () => preferredResources(catalog).map(({ plural, ...rest }) => ({ ...rest, resource: plural })),
  };
}

function update(
  registry: Registry,
  resource: Resource,
  object: KubeObject,
  options: WriteOptions & { subresource: string },
): KubeObject {
  const { namespace = "", name } = object.metadata;
  const decode = (): ApiObject => decodeBody(resource, clone(object), options);
  const { subresource } = options;
  return updateObject(registry, { resource, namespace, name, subresource, transform: decode }, options);
}

function watch(registry: Registry, resource: Resource, listener: (event: LoopbackEvent) => void): () => void {
  const options = { initialState: true, revision: 0, initialBookmark: false, matches: () => true };
  return startWatch(registry, { resource, namespace: "" }, options, {
    event: (type, object) => listener({ type, object }),
    bookmark: () => {},
  });
}

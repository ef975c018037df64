import type { KubeObject } from "@elemental/api";
import { collections } from "../../client/kinds.ts";
import type { Loopback } from "../../loopback.ts";
import type { DataSources } from "../environment.ts";

interface DataObject extends KubeObject {
  data?: Record<string, string>;
  binaryData?: Record<string, string>;
}

/** The ConfigMaps and Secrets of one namespace. */
export function namespaceSources(loopback: Loopback, namespace: string): DataSources {
  return {
    async configMap(name) {
      const found = (await loopback.get(collections.configMaps, namespace, name)) as DataObject | undefined;
      return found && new Map([...decoded(found.data, "utf8"), ...decoded(found.binaryData, "base64")]);
    },
    async secret(name) {
      const found = (await loopback.get(collections.secrets, namespace, name)) as DataObject | undefined;
      return found && new Map(decoded(found.data, "base64"));
    },
  };
}

function decoded(data: Record<string, string> | undefined, encoding: BufferEncoding): [string, Buffer][] {
  return Object.entries(data ?? {}).map(([key, value]) => [key, Buffer.from(value, encoding)]);
}

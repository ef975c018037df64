import { randomBytes } from "node:crypto";
import { namespaces } from "@elemental/api";
import type { Kube } from "../../ports.ts";

/** A name that no other test uses. */
export function uniqueName(prefix: string): string {
  return `${prefix}-${randomBytes(4).toString("hex")}`;
}

/** Creates a namespace of its own for a test and returns its name. */
export async function createNamespace(kube: Kube): Promise<string> {
  const name = uniqueName("contract");
  await kube.create(namespaces, { apiVersion: "v1", kind: "Namespace", metadata: { name } });
  return name;
}

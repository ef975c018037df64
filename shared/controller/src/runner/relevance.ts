import type { KubeObject, ObjectMeta } from "@elemental/api";
import { equalJson } from "@elemental/kube";

/** Whether anything but the status, the version and managed fields changed: the default of `relevant`. */
export function contentChanged(previous: KubeObject, current: KubeObject): boolean {
  return !equalJson(contentOf(previous), contentOf(current));
}

function contentOf(object: KubeObject): object {
  const { status: _status, metadata, ...content } = object as KubeObject & { status?: unknown };
  const {
    resourceVersion: _version,
    managedFields: _fields,
    ...kept
  } = metadata as ObjectMeta & {
    managedFields?: unknown;
  };
  return { ...content, metadata: kept };
}

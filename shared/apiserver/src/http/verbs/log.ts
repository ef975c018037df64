import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { Pod } from "../../kinds/pod/spec.ts";
import type { PodLogOptions } from "../../loopback.ts";
import { resourceName } from "../../resources/resource.ts";
import { badRequest, invalidObject, notFound } from "../../status/errors.ts";
import { type FieldError, invalid } from "../../status/field-error.ts";
import { StatusError } from "../../status/status-error.ts";
import { flag, integer, parameter, type Scope } from "../scope.ts";

const notOffered = ["previous", "sinceSeconds", "sinceTime", "stream"];

/** GET of a Pod's log: text that ends with the log, or with the container when following. */
export async function log(scope: Scope): Promise<void> {
  const { registry, resource, namespace, name, podLogs } = scope;
  const pod: Pod | undefined = registry.store.get(resource.storage, `${namespace}/${name}`);
  if (!pod) throw notFound(resourceName(resource), name);
  const options = logOptions(scope);
  const container = containerOf(pod, parameter(scope, "container"));
  const { response } = scope.exchange;
  if (!pod.spec?.nodeName) {
    response.writeHead(204).end();
    return;
  }
  const content = podLogs?.read(namespace, name, container, options);
  if (!content)
    throw badRequest(`container "${container}" in pod "${name}" is waiting to start: ${waitingReason(pod, container)}`);
  response.writeHead(200, { "content-type": "text/plain", "cache-control": "no-cache, private" });
  response.flushHeaders();
  await pipeline(Readable.from(content, { objectMode: false }), response).catch((error: NodeJS.ErrnoException) => {
    // The client has gone, which is how following usually ends.
    if (error.code !== "ERR_STREAM_PREMATURE_CLOSE") throw error;
  });
}

function logOptions(scope: Scope): PodLogOptions {
  const unknown = notOffered.find((option) => flag(scope, option));
  if (unknown) throw new StatusError(501, "NotImplemented", `the log option ${unknown} is not offered by this server`);
  const tailLines = integer(scope, "tailLines");
  const limitBytes = integer(scope, "limitBytes");
  const errors: FieldError[] = [
    ...(tailLines !== undefined && tailLines < 0
      ? [invalid("tailLines", tailLines, "must be greater than or equal to 0")]
      : []),
    ...(limitBytes !== undefined && limitBytes < 1
      ? [invalid("limitBytes", limitBytes, "must be greater than 0")]
      : []),
  ];
  if (errors.length > 0) throw invalidObject({ group: "", name: "PodLogOptions" }, scope.name, errors);
  return {
    follow: flag(scope, "follow"),
    timestamps: flag(scope, "timestamps"),
    ...(tailLines !== undefined && { tailLines }),
    ...(limitBytes !== undefined && { limitBytes }),
  };
}

function containerOf({ metadata, spec = {} }: Pod, wanted: string): string {
  const names = [...(spec.containers ?? []), ...(spec.initContainers ?? [])].map(({ name = "" }) => name);
  if (wanted !== "") {
    if (names.includes(wanted)) return wanted;
    throw badRequest(`container ${wanted} is not valid for pod ${metadata.name}`);
  }
  const [only = "", ...more] = spec.containers ?? [];
  if (more.length === 0 && only) return only.name ?? "";
  const choice = (spec.containers ?? []).map(({ name }) => name).join(" ");
  throw badRequest(`a container name must be specified for pod ${metadata.name}, choose one of: [${choice}]`);
}

function waitingReason({ status }: Pod, container: string): string {
  const all = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  return all.find(({ name }) => name === container)?.state?.waiting?.reason ?? "ContainerCreating";
}

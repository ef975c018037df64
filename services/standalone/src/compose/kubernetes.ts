import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type EmbeddedKubernetes, startEmbeddedKubernetes } from "@elemental/apiserver";
import type { Closers, Logger } from "@elemental/service";
import { parse } from "yaml";
import type { ListenAddress } from "../options/address.ts";
import type { StandaloneOptions } from "../options/standalone-options.ts";
import { localImageCatalog } from "./images.ts";

/** Starts the embedded Kubernetes on the data directory. It closes with `closers`. */
export async function openKubernetes(
  options: StandaloneOptions,
  { closers, log }: { closers: Closers; log: Logger },
): Promise<EmbeddedKubernetes> {
  const { dataDir, apiListen } = options;
  const start = (listen: ListenAddress) =>
    startEmbeddedKubernetes({
      dataDir,
      listen,
      pods: { images: localImageCatalog() },
      onError: (error, doing) => log.warn({ error, doing }, "kubernetes"),
    });
  const wanted = await stickyPort(apiListen, join(dataDir, "kubeconfig"));
  const kubernetes = await start(wanted).catch((cause: Error) => {
    if (!/EADDRINUSE|EADDRNOTAVAIL|EACCES/.test(cause.message)) throw cause;
    // Somebody took the port of the last run meanwhile; nobody asked for that one.
    if (wanted.port !== apiListen.port) return start(apiListen);
    const address = `${wanted.host}:${wanted.port}`;
    throw new Error(`The Kubernetes API cannot listen on ${address}: ${cause.message}. Choose another --api-listen.`, {
      cause,
    });
  });
  closers.add("kubernetes", () => kubernetes.stop());
  return kubernetes;
}

/** With port 0 the port of the last run, so that kubeconfigs that were handed out stay good; 0 when there is none. */
async function stickyPort(listen: ListenAddress, kubeconfig: string): Promise<ListenAddress> {
  if (listen.port !== 0) return listen;
  const text = await readFile(kubeconfig, "utf8").catch(() => undefined);
  const server: unknown = text && parse(text)?.clusters?.[0]?.cluster?.server;
  const port = typeof server === "string" && URL.canParse(server) ? Number(new URL(server).port) : 0;
  return { host: listen.host, port };
}

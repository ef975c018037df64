import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openPki, startApiServer, writeKubeconfig } from "@elemental/apiserver";
import type { ApiUnderTest } from "./real-api.ts";

/** Starts the embedded API in memory on a free loopback port. */
export async function startEmbeddedApi(): Promise<ApiUnderTest> {
  const pki = await openPki();
  const server = await startApiServer({
    listen: { host: "127.0.0.1", port: 0 },
    tls: {
      certificate: pki.server.certificate,
      key: pki.server.key,
      clientAuthority: pki.authority.certificate,
    },
  });
  const folder = await mkdtemp(join(tmpdir(), "elemental-api-"));
  const kubeconfig = join(folder, "kubeconfig");
  await writeKubeconfig(kubeconfig, server.url, pki);
  const stop = async () => {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  };
  return { kubeconfig, stop };
}

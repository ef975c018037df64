import { mkdir } from "node:fs/promises";
import { dirname } from "node:path";
import { stringify } from "yaml";
import type { Pki } from "./pki.ts";
import { writeAtomically } from "./store.ts";

const name = "elemental";

/** The administrator's kubeconfig for the API at `server`, e.g. `https://127.0.0.1:6443`. */
export function kubeconfig(server: string, pki: Pki): string {
  return stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server, "certificate-authority-data": base64(pki.authority.certificate) } }],
    users: [
      {
        name,
        user: {
          "client-certificate-data": base64(pki.administrator.certificate),
          "client-key-data": base64(pki.administrator.key),
        },
      },
    ],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}

/** Writes the administrator's kubeconfig with mode 0600, replacing the one there. */
export async function writeKubeconfig(path: string, server: string, pki: Pki): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeAtomically(path, kubeconfig(server, pki), 0o600);
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

import { readFile, rename, writeFile } from "node:fs/promises";
import type {
  Condition,
  MachineInventory,
  MachineInventorySelector,
  MachineRegistration,
  SeedImage,
} from "@elemental/api";
import type { Standalone } from "../standalone.ts";
import type { Progress } from "./progress.ts";
import type { SeedIso } from "./seed-iso.ts";

export interface FlowResult {
  registration: MachineRegistration;
  seedImage: SeedImage;
  iso: SeedIso;
  inventories: MachineInventory[];
  selectors: MachineInventorySelector[];
  /** What in this run was not the real thing, for a person. */
  simulated: string;
}

const named = ({
  metadata,
  status,
}: {
  metadata: { namespace?: string; name: string };
  status?: { conditions?: Condition[] };
}) => ({
  namespace: metadata.namespace,
  name: metadata.name,
  conditions: (status?.conditions ?? []).map(({ type, status, reason, message }) => ({
    type,
    status,
    reason,
    message,
  })),
});

/** The summary for `--json`: names, conditions, URLs and milliseconds per step. */
export function summarize(result: FlowResult, standalone: Standalone, progress: Progress) {
  const { registration, seedImage, iso, inventories, selectors } = result;
  return {
    ok: true,
    steps: progress.steps.map(({ name, ms }) => ({ name, ms })),
    totalMs: progress.steps.reduce((sum, { ms }) => sum + ms, 0),
    serverUrl: standalone.serverUrl,
    kubernetesUrl: standalone.apiUrl,
    kubeconfig: standalone.kubeconfig,
    registration: { ...named(registration), registrationURL: registration.status?.registrationURL },
    seedImage: {
      ...named(seedImage),
      downloadURL: seedImage.status?.downloadURL,
      checksumURL: seedImage.status?.checksumURL,
      bytes: iso.bytes,
      sha256: iso.sha256,
    },
    machineInventories: inventories.map((it) => ({
      ...named(it),
      tpmHash: it.spec?.tpmHash,
      plan: it.status?.plan?.state,
    })),
    machineInventorySelectors: selectors.map((it) => ({
      ...named(it),
      ready: it.status?.ready ?? false,
      machineInventory: it.status?.machineInventoryRef?.name,
    })),
  };
}

/** Writes the summary in one piece: a reader never sees half of it. */
export async function writeSummary(file: string, summary: object): Promise<void> {
  await writeFile(`${file}.tmp`, `${JSON.stringify(summary, null, 2)}\n`);
  await rename(`${file}.tmp`, file);
}

/** Proves before a long run that the summary can be written. */
export async function checkWritable(file: string): Promise<void> {
  const before = await readFile(file).catch(() => undefined);
  await writeFile(file, before ?? "").catch((error: Error) => {
    throw new Error(`--json ${file} cannot be written: ${error.message}`, { cause: error });
  });
}

/** What a person reads at the end; `stays` says whether it can still be looked at. */
export function readable(result: FlowResult, { kubeconfig, serverUrl }: Standalone, stays: boolean): string {
  const { registration, seedImage, iso, inventories, selectors, simulated } = result;
  const machines = inventories.map((it) => `${it.metadata.name} (${it.status?.plan?.state ?? "no plan yet"})`);
  return `
Done. On this machine you now have
  registration endpoint   ${serverUrl}
  MachineRegistration     ${registration.metadata.name}, Ready; machines register at
                          ${registration.status?.registrationURL}
  SeedImage               ${seedImage.metadata.name}, ${(iso.bytes / 1e6).toFixed(1)} MB, sha256 ${iso.sha256.slice(0, 16)}…
                          ${seedImage.status?.downloadURL}
  MachineInventory        ${machines.slice(0, 5).join(", ")}${machines.length > 5 ? `, and ${machines.length - 5} more` : ""}
  adopted by              ${selectors
    .slice(0, 5)
    .map((it) => it.metadata.name)
    .join(", ")}${selectors.length > 5 ? ", …" : ""}

Simulated: ${simulated}
${stays ? tryNext(kubeconfig, inventories[0]?.metadata.name ?? "") : leaveNothing}`;
}

const leaveNothing = `
All of it ends now. Run it without --exit to look around.
`;

const tryNext = (kubeconfig: string, machine: string) => `
Try next, in another terminal
  export KUBECONFIG=${kubeconfig}
  kubectl get mreg,simg,mi,misel -A
  kubectl describe mi -n fleet-default ${machine}
`;

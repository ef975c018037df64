import { finalizers, annotations as known, type MachineInventory, type MachineRegistration } from "@elemental/api";
import { hardwareFacts } from "../hardware/facts.ts";
import { emptyMap } from "../json/index.ts";
import { isRandom, resolveTemplate } from "../template/resolve.ts";
import { type MachineReport, reasonOf, type Skipped, skip } from "./collect.ts";
import { machineName } from "./name.ts";
import { forwardNetwork } from "./network.ts";
import { sanitiseLabelValue } from "./sanitise.ts";

/** What a registration makes of a machine's report, for a new or a known inventory (registration-protocol 6). */
export interface InventoryDraft {
  /** All labels and annotations to set; others of a known inventory stay. */
  labels: Record<string, string>;
  annotations: Record<string, string>;
  /** Absent when the machine sent no data that hold any. */
  hardware: NonNullable<MachineInventory["spec"]>["hardware"];
  skipped: Skipped[];
}

type RegistrationSpec = NonNullable<MachineRegistration["spec"]>;
type Stored = Pick<MachineInventory["metadata"], "labels" | "annotations">;

/**
 * Labels, annotations and hardware. `stored` is the metadata of the known inventory, empty for a new one; it decides
 * which random values are kept.
 */
export function draftInventory(spec: RegistrationSpec, report: MachineReport, stored: Stored): InventoryDraft {
  const draft: InventoryDraft = {
    labels: Object.assign(emptyMap<string>(), Object.fromEntries(report.labels)),
    annotations: Object.assign(emptyMap<string>(), Object.fromEntries(report.annotations)),
    hardware: hardwareFacts(report.data),
    skipped: [...report.skipped],
  };
  for (const [key, template] of Object.entries(spec.machineInventoryLabels ?? {})) {
    const text = render(
      draft,
      { field: "label", key, template, present: draft.labels[key] ?? stored.labels?.[key] },
      report,
    );
    if (text !== undefined) draft.labels[key] = sanitiseLabelValue(text);
  }
  for (const [key, template] of Object.entries(spec.machineInventoryAnnotations ?? {})) {
    // Nobody is approved beforehand: whoever says so has seen the machine.
    if (key === known.approved) {
      skip(draft, { field: "annotation", key, reason: "reserved" });
      continue;
    }
    // The registration wins over the client (H25), also where it leaves a stored random value alone.
    const present = stored.annotations?.[key];
    const text = render(draft, { field: "annotation", key, template, present }, report);
    if (text !== undefined) draft.annotations[key] = text;
    else if (present && isRandom(template)) delete draft.annotations[key];
  }
  return draft;
}

interface Wanted {
  field: Skipped["field"];
  key: string;
  template: string;
  present: string | undefined;
}

/** The value to set, undefined to leave alone what is there: a random value is drawn once (registration-protocol 6.7). */
function render(
  draft: InventoryDraft,
  { field, key, template, present }: Wanted,
  report: MachineReport,
): string | undefined {
  if (isRandom(template) && present) return undefined;
  const resolution = resolveTemplate(template, report.data);
  if (resolution.outcome === "ok") return resolution.text;
  skip(draft, { field, key, reason: reasonOf(resolution.outcome) });
  return undefined;
}

/**
 * A new inventory, without its hash. `attempt` tells names apart when an earlier one is taken by another machine.
 * Throws `Malformed` when the registration's `machineName` gives no usable name.
 */
export function newInventory(
  registration: MachineRegistration,
  report: MachineReport,
  identity: { seed: string; attempt: number },
): { inventory: MachineInventory; draft: InventoryDraft } {
  const spec = registration.spec ?? {};
  const draft = draftInventory(spec, report, {});
  const resettable: Record<string, string> = spec.config?.elemental?.reset?.enabled
    ? { [known.resettable]: "true" }
    : {};
  const inventory: MachineInventory = {
    apiVersion: "elemental.cattle.io/v1beta1",
    kind: "MachineInventory",
    metadata: {
      name: machineName(
        spec.machineName,
        report.data,
        `${registration.metadata.uid}/${identity.seed}/${identity.attempt}`,
      ),
      ...(registration.metadata.namespace && { namespace: registration.metadata.namespace }),
      // Its controller would add it anyway, by a write of its own.
      finalizers: [finalizers.machineInventory],
      labels: draft.labels,
      annotations: { ...resettable, ...draft.annotations },
    },
    spec: {
      ...forwardNetwork(spec.config?.network),
      ...(draft.hardware && { hardware: draft.hardware }),
      registrationRef: { name: registration.metadata.name },
      ...(spec.approval === "Manual" && { approval: spec.approval }),
    },
  };
  return { inventory, draft };
}

/** Whether a second attempt gives another name. */
export function namesDiffer(spec: RegistrationSpec): boolean {
  return !spec.machineName || isRandom(spec.machineName);
}

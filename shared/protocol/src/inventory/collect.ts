import { annotations as known } from "@elemental/api";
import { emptyMap, type JsonObject } from "../json/index.ts";
import { resolveTemplate } from "../template/resolve.ts";
import { escapeText, isQualifiedName, isReserved, keyPrefix } from "./keys.ts";
import { sanitiseLabelValue } from "./sanitise.ts";

/** Why something a client or a registration asked for is not in the inventory. For logs. */
export interface Skipped {
  field: "label" | "annotation";
  key: string;
  reason: "reserved" | "invalid key" | "not found" | "invalid template" | "too many";
}

/** What a client said about its machine, ready to be stored. */
export interface MachineReport {
  /** The data of templates: the shallow merge of what was received. */
  data: JsonObject;
  /** Final keys; resolved and sanitised values. */
  labels: Map<string, string>;
  /** Final keys; escaped values. */
  annotations: Map<string, string>;
  skipped: Skipped[];
}

/** How many keys of a kind one machine may bring, and how many skipped ones are remembered. */
const MAX_KEYS = 256;

/** The longest valid key has a prefix of 253 characters and a name of 63. */
const MAX_KEY_LENGTH = 317;

export function emptyReport(): MachineReport {
  return { data: emptyMap(), labels: new Map(), annotations: new Map(), skipped: [] };
}

/** Adds the labels of a message; values are resolved with the data received so far (registration-protocol 6.7). */
export function collectLabels(report: MachineReport, labels: Record<string, string>, labelPrefix?: string): void {
  for (const [name, template] of Object.entries(labels)) {
    const key = keyPrefix(labelPrefix) + escapeText(name);
    if (!admit(report, "label", key)) continue;
    const resolution = resolveTemplate(template, report.data);
    if (resolution.outcome === "ok") report.labels.set(key, sanitiseLabelValue(resolution.text));
    else skip(report, { field: "label", key, reason: reasonOf(resolution.outcome) });
  }
}

/** Adds the annotations of a message; templates in them are not resolved (registration-protocol 6.8, H25). */
export function collectAnnotations(
  report: MachineReport,
  annotations: Record<string, string>,
  labelPrefix?: string,
): void {
  for (const [name, value] of Object.entries(annotations)) {
    if (name === "os.unmanaged") report.annotations.set(known.osUnmanaged, escapeText(value));
    const key = keyPrefix(labelPrefix) + escapeText(name);
    if (admit(report, "annotation", key)) report.annotations.set(key, escapeText(value));
  }
}

/** Remembers a skipped key, up to a bound in number and length. */
export function skip(report: { skipped: Skipped[] }, skipped: Skipped): void {
  if (report.skipped.length < MAX_KEYS) report.skipped.push({ ...skipped, key: skipped.key.slice(0, MAX_KEY_LENGTH) });
}

export function reasonOf(outcome: "notFound" | "invalid"): Skipped["reason"] {
  return outcome === "notFound" ? "not found" : "invalid template";
}

function admit(report: MachineReport, field: "label" | "annotation", key: string): boolean {
  const present = field === "label" ? report.labels : report.annotations;
  const reason = refusal(key, present.has(key) || present.size < MAX_KEYS);
  if (reason) skip(report, { field, key, reason });
  return reason === undefined;
}

function refusal(key: string, room: boolean): Skipped["reason"] | undefined {
  if (isReserved(key)) return "reserved";
  if (!isQualifiedName(key)) return "invalid key";
  return room ? undefined : "too many";
}

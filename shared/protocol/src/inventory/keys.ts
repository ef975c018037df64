import { annotations, labels } from "@elemental/api";

const DEFAULT_PREFIX = "elemental.cattle.io/";

/** What is put before every label and annotation key a client sends (registration-protocol 6.5). */
export function keyPrefix(labelPrefix: string | undefined): string {
  if (!labelPrefix) return DEFAULT_PREFIX;
  return labelPrefix === "-" ? "" : `${labelPrefix}/`;
}

const htmlEscapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", "'": "&#39;", '"': "&#34;" };

/** Drops line breaks and escapes HTML, as the original does with everything a client names or says. */
export function escapeText(text: string): string {
  return text.replace(/[\r\n]/g, "").replace(/[&<>'"]/g, (character) => htmlEscapes[character] ?? character);
}

/** Whether Kubernetes accepts `key` as the key of a label or an annotation. */
export function isQualifiedName(key: string): boolean {
  const parts = key.split("/");
  const name = parts.pop() ?? "";
  const [prefix, ...more] = parts;
  if (more.length > 0 || name.length > 63 || !/^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/.test(name)) return false;
  return prefix === undefined || isSubdomain(prefix);
}

function isSubdomain(text: string): boolean {
  return text.length <= 253 && text.split(".").every((part) => /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(part));
}

/** Keys that our controllers act upon: a machine must not set them (registration-protocol H24). */
const reserved = new Set<string>([...Object.values(labels), ...Object.values(annotations)]);
reserved.delete(annotations.osUnmanaged);

export function isReserved(key: string): boolean {
  return reserved.has(key);
}

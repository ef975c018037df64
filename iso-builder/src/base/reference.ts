import { fileURLToPath } from "node:url";

/** What `spec.baseImage` names. */
export type BaseReference = { kind: "url"; url: string } | { kind: "file"; path: string } | { kind: "image" };

/** Only `http://` and `https://` are URLs (`httpd:latest` is an image); an absolute path or file URL is a local file. */
export function baseReference(text: string): BaseReference {
  if (/^https?:\/\//i.test(text)) return { kind: "url", url: text };
  if (text.startsWith("/")) return { kind: "file", path: text };
  if (/^file:\/\/\//i.test(text) && URL.canParse(text)) return { kind: "file", path: fileURLToPath(text) };
  return { kind: "image" };
}

export type BaseKind = "url" | "file" | "image";

/** Only `http://` and `https://` are URLs (`http-registry:5000/os` is an image); paths and file URLs are local files. */
export function baseKind(baseImage: string): BaseKind {
  if (/^https?:\/\//i.test(baseImage)) return "url";
  return /^(\/|file:\/\/\/)/i.test(baseImage) ? "file" : "image";
}

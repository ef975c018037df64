import type { TarEntry } from "./tar.ts";

/** What a support run has gathered. */
export class SupportArchive {
  readonly #entries = new Map<string, Uint8Array>();

  /** Adds a file; `name` is relative, a later file of the same name replaces the earlier one. */
  add(name: string, content: string | Uint8Array): void {
    this.#entries.set(name.replace(/^\/+/, ""), typeof content === "string" ? Buffer.from(content) : content);
  }

  /** All files below one directory, in the order of their names. */
  entries(directory: string): TarEntry[] {
    return [...this.#entries]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, content]) => ({ name: `${directory}/${name}`, content }));
  }
}

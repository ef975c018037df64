import type { Resource } from "./resource.ts";

/** Every collection that is served right now. */
export class Catalog {
  readonly #builtIn: readonly Resource[];
  #custom: readonly Resource[] = [];
  readonly #listeners = new Set<() => void>();

  constructor(builtIn: readonly Resource[]) {
    this.#builtIn = builtIn;
  }

  all(): readonly Resource[] {
    return [...this.#builtIn, ...this.#custom];
  }

  find(group: string, version: string, plural: string): Resource | undefined {
    const matches = (item: Resource) => item.plural === plural && item.version === version && item.group === group;
    return this.#builtIn.find(matches) ?? this.#custom.find(matches);
  }

  hasGroup(group: string): boolean {
    return this.all().some((item) => item.group === group);
  }

  hasVersion(group: string, version: string): boolean {
    return this.all().some((item) => item.group === group && item.version === version);
  }

  /** Replaces the custom resources. */
  serveCustom(resources: readonly Resource[]): void {
    this.#custom = resources;
    for (const listener of [...this.#listeners]) listener();
  }

  /** Calls `listener` whenever what is served changes. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}

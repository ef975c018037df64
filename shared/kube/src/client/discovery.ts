import { parseJson, type ResourceType } from "@elemental/api";
import { isKubeError } from "../errors.ts";
import { versionPath } from "./path.ts";
import type { Transport } from "./transport.ts";

const freshMs = 30_000;
const absentMs = 1000;

/**
 * Knows which kinds the API server serves. What it learnt is good for half a minute; that a group version is absent only for a
 * second, because whoever asks is waiting for its installation.
 */
export class Discovery {
  readonly #transport: Transport;
  readonly #known = new Map<string, { resources: Promise<Set<string>>; until: number }>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async serves(type: ResourceType): Promise<boolean> {
    return (await this.#resources(versionPath(type))).has(type.plural);
  }

  #resources(path: string): Promise<Set<string>> {
    const known = this.#known.get(path);
    if (known && Date.now() < known.until) return known.resources;
    const entry = { resources: this.#discover(path), until: Date.now() + freshMs };
    this.#known.set(path, entry);
    entry.resources.then(
      ({ size }) => {
        if (size === 0) entry.until = Date.now() + absentMs;
      },
      () => this.#known.delete(path),
    );
    return entry.resources;
  }

  async #discover(path: string): Promise<Set<string>> {
    const subject = { text: `discover ${path}`, confidential: false };
    try {
      const text = await this.#transport.request({ method: "GET", path, subject });
      const list = parseJson(text) as { resources?: { name: string }[] };
      return new Set((list.resources ?? []).map(({ name }) => name));
    } catch (error) {
      if (isKubeError(error, "NotFound", "NotServed")) return new Set();
      throw error;
    }
  }
}

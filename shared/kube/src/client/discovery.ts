import { parseJson, type ResourceType } from "@elemental/api";
import { isKubeError } from "../errors.ts";
import { versionPath } from "./path.ts";
import type { Transport } from "./transport.ts";

const freshMs = 30_000;

/** Knows which kinds the API server serves; what it learnt is good for half a minute. */
export class Discovery {
  readonly #transport: Transport;
  readonly #known = new Map<string, { resources: Promise<Set<string>>; at: number }>();

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  async serves(type: ResourceType): Promise<boolean> {
    return (await this.#resources(versionPath(type))).has(type.plural);
  }

  #resources(path: string): Promise<Set<string>> {
    const known = this.#known.get(path);
    if (known && Date.now() - known.at < freshMs) return known.resources;
    const resources = this.#discover(path);
    this.#known.set(path, { resources, at: Date.now() });
    resources.catch(() => this.#known.delete(path));
    return resources;
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

/** One media range of an Accept header. */
export interface MediaRange {
  type: string;
  parameters: ReadonlyMap<string, string>;
}

/** The media ranges of an Accept header, the preferred first; an absent header accepts anything. */
export function parseAccept(header: string | undefined): MediaRange[] {
  if (!header) return [{ type: "*/*", parameters: new Map() }];
  const ranges = header.split(",").map(parseRange);
  return ranges.sort((left, right) => quality(right) - quality(left));
}

function parseRange(text: string): MediaRange {
  const [type = "", ...rest] = text.split(";").map((part) => part.trim());
  const parameters = rest.map((part) => {
    const [key = "", ...value] = part.split("=");
    return [key.toLowerCase(), value.join("=")] as const;
  });
  return { type: type.toLowerCase(), parameters: new Map(parameters) };
}

function quality({ parameters }: MediaRange): number {
  return Number(parameters.get("q") ?? 1);
}

/** How a response is written. */
export interface Representation {
  format: "json" | "yaml";
  /** Set when the client asked for another kind of the same data, e.g. Table or PartialObjectMetadata. */
  as?: { kind: string; group: string; version: string };
}

const formats: Record<string, Representation["format"]> = {
  "application/json": "json",
  "application/yaml": "yaml",
  "application/*": "json",
  "*/*": "json",
};

/** The first acceptable representation that `offers` has; undefined when there is none. */
export function negotiate(
  header: string | undefined,
  offers: (as: NonNullable<Representation["as"]>) => boolean,
): Representation | undefined {
  for (const { type, parameters } of parseAccept(header)) {
    const format = Object.hasOwn(formats, type) ? formats[type] : undefined;
    if (!format) continue;
    const kind = parameters.get("as");
    if (kind === undefined) return { format };
    const as = { kind, group: parameters.get("g") ?? "", version: parameters.get("v") ?? "" };
    if (offers(as)) return { format, as };
  }
  return undefined;
}

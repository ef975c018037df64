/** What stands in for a container image on this machine: programs already installed here. */
export interface LocalImage {
  /** Runs when the container has no `command`; the container's `args` follow. */
  entrypoint: readonly string[];
  /** First words of a `command` that mean a program of the image rather than one found on the machine's PATH. */
  programs?: Readonly<Record<string, readonly string[]>>;
  /** Environment of the image; the container's own variables win. */
  env?: Readonly<Record<string, string>>;
}

/** Finds the local stand-in of an image reference. */
export interface ImageCatalog {
  /** Undefined when there is none; the container then waits with ErrImagePull, as for an image that no registry has. */
  resolve(reference: string): LocalImage | undefined;
}

/** A catalog of glob patterns over whole references (`*` matches any run of characters); the first match wins. */
export function imageCatalog(entries: readonly { pattern: string; image: LocalImage }[]): ImageCatalog {
  const matchers = entries.map(({ pattern, image }) => ({ expression: globExpression(pattern), image }));
  return { resolve: (reference) => matchers.find(({ expression }) => expression.test(reference))?.image };
}

/** The command line of a container: `command` replaces the entrypoint, `args` follow either. */
export function commandLine(image: LocalImage, command: readonly string[], args: readonly string[]): string[] {
  const [program, ...rest] = command;
  if (program === undefined) return [...image.entrypoint, ...args];
  return [...(image.programs?.[program] ?? [program]), ...rest, ...args];
}

function globExpression(pattern: string): RegExp {
  const literal = pattern.split("*").map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^${literal.join(".*")}$`, "s");
}

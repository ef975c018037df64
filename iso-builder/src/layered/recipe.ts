import { open, readFile, rename, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";

/**
 * An image that shares its base's bytes: a list of extents, each `[source, offset, length]` with source 0 for the literal
 * file beside the recipe and 1 for the base. Lengths sum up to `size`.
 */
const recipeSchema = z.object({
  version: z.literal(1),
  base: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number(),
  extents: z.array(z.tuple([z.union([z.literal(0), z.literal(1)]), z.number(), z.number()])),
});

export type Recipe = z.infer<typeof recipeSchema>;
export type Extent = Recipe["extents"][number];
export const literal = 0;
export const fromBase = 1;

/** Both files are hidden, so that nobody is served them. */
export function recipeFile(image: string): string {
  return join(dirname(image), `.${basename(image)}.recipe`);
}

export function literalFile(image: string): string {
  return join(dirname(image), `.${basename(image)}.literal`);
}

/** Makes the image visible, all at once. */
export async function writeRecipe(image: string, recipe: Recipe): Promise<void> {
  const partial = `${recipeFile(image)}.partial`;
  await writeFile(partial, JSON.stringify(recipe));
  await rename(partial, recipeFile(image));
}

/** Undefined when there is no recipe; rejects when it is damaged. */
export async function readRecipe(image: string): Promise<{ recipe: Recipe; modified: Date } | undefined> {
  const file = await open(recipeFile(image)).catch(() => undefined);
  if (!file) return undefined;
  try {
    const { mtime } = await file.stat();
    return { recipe: recipeSchema.parse(JSON.parse(await readFile(file, "utf8"))), modified: mtime };
  } finally {
    await file.close();
  }
}

/** The list with `next` at its end, in the last extent where it continues that. */
export function append(extents: Extent[], next: Extent): void {
  const last = extents.at(-1);
  if (last && last[0] === next[0] && last[1] + last[2] === next[1]) last[2] += next[2];
  else extents.push([...next]);
}

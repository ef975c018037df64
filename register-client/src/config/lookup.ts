import type { Tree } from "./tree.ts";

/**
 * Finds a node of the configuration file by its path. Keys are compared without regard to case, and a dot inside a key
 * separates path elements: `elemental.registration: {url: x}` holds `elemental`, `registration`, `url`
 * (register-client-and-media 1.2).
 */
export function lookup(tree: Tree | undefined, path: readonly string[]): Tree | undefined {
  if (tree === undefined || path.length === 0) return tree;
  if (tree.kind !== "map") return undefined;
  for (let length = 1; length <= path.length; length += 1) {
    const wanted = path.slice(0, length).join(".");
    for (const [key, member] of tree.members) {
      if (key.toLowerCase() !== wanted) continue;
      const found = lookup(member, path.slice(length));
      if (found) return found;
    }
  }
  return undefined;
}

import { join } from "node:path";
import type { Mount } from "./root.ts";

export interface DirectoryEntry {
  name: string;
  kind: "directory" | "file" | { linkTo: string };
}

/** One step of building a root directory; paths are absolute inside of it. */
export type RootStep =
  | { do: "mkdir"; path: string }
  | { do: "link"; path: string; to: string }
  | { do: "bind"; path: string; source: string; file: boolean; readOnly: boolean };

interface Node {
  mount?: Mount;
  children: Map<string, Node>;
}

/**
 * Steps that rebuild the machine's root directory with `mounts` in it: everything is bound from the machine, except
 * along the mount paths, whose directories are made anew so that the machine's own are not written to.
 */
export function planRoot(mounts: readonly Mount[], list: (path: string) => DirectoryEntry[]): RootStep[] {
  return mirror("/", treeOf(mounts), list);
}

function treeOf(mounts: readonly Mount[]): Node {
  const root: Node = { children: new Map() };
  for (const mount of mounts) {
    let node = root;
    for (const part of mount.target.split("/").filter(Boolean)) {
      const child: Node = node.children.get(part) ?? { children: new Map() };
      node.children.set(part, child);
      node = child;
    }
    node.mount = mount;
  }
  return root;
}

function mirror(path: string, node: Node, list: (path: string) => DirectoryEntry[]): RootStep[] {
  const entries = list(path);
  const untouched = entries.filter(({ name }) => !node.children.has(name));
  const isDirectory = (name: string) => entries.some((entry) => entry.name === name && entry.kind === "directory");
  return [
    ...untouched.map((entry) => copyOf(join(path, entry.name), entry)),
    ...[...node.children].flatMap(([name, child]) => {
      const childPath = join(path, name);
      return place(childPath, child, isDirectory(name) ? list : () => []);
    }),
  ];
}

function place(path: string, node: Node, list: (path: string) => DirectoryEntry[]): RootStep[] {
  if (!node.mount) return [{ do: "mkdir", path }, ...mirror(path, node, list)];
  const { source, file, readOnly } = node.mount;
  // Mounts within a mount get their directory in its volume, as with container runtimes.
  return [{ do: "bind", path, source, file, readOnly }, ...mirror(path, node, () => [])];
}

function copyOf(path: string, { kind }: DirectoryEntry): RootStep {
  if (typeof kind === "object") return { do: "link", path, to: kind.linkTo };
  return { do: "bind", path, source: path, file: kind === "file", readOnly: false };
}

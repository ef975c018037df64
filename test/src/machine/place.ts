import { chmodSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, posix } from "node:path";

/** Where an absolute path of the machine lies below `root`; `..` cannot lead out of it. */
export function inside(root: string, path: string): string {
  return join(root, posix.normalize(`/${path}`));
}

/** Writes a file of the machine, parents included. */
export function placeFile(root: string, path: string, content: string | Uint8Array, mode: number): void {
  const target = inside(root, path);
  mkdirSync(dirname(target), { recursive: true });
  writeFileSync(target, content);
  chmodSync(target, mode);
}

export function placeDirectory(root: string, path: string, mode: number): void {
  const target = inside(root, path);
  mkdirSync(target, { recursive: true });
  chmodSync(target, mode);
}

export function removePath(root: string, path: string): void {
  rmSync(inside(root, path), { recursive: true, force: true });
}

import { parseBool, parseInt64 } from "../cli/flag.ts";
import type { Tree } from "./tree.ts";

/**
 * Conversions of local sources: the file and the environment may write `"7"` for 7 and `1` for true, as the original's
 * configuration library allows. Each throws an Error that says what was wanted.
 */
export const loose = { text, flag, integer };

function text(tree: Tree): string {
  if (tree.kind !== "scalar") throw new Error("must be a text");
  if (typeof tree.value === "boolean") return tree.value ? "1" : "0";
  return typeof tree.value === "number" ? String(tree.value) : tree.text;
}

function flag(tree: Tree): boolean {
  if (tree.kind !== "scalar") throw new Error("must be true or false");
  if (typeof tree.value === "bigint" || typeof tree.value === "number") return Number(tree.value) !== 0;
  if (tree.value === null || tree.value === "") return false;
  const word = typeof tree.value === "boolean" ? tree.value : parseBool(tree.text);
  if (word === undefined) throw new Error("must be true or false");
  return word;
}

function integer(tree: Tree): bigint {
  if (tree.kind !== "scalar") throw new Error("must be an integer");
  if (typeof tree.value === "boolean") return tree.value ? 1n : 0n;
  if (tree.value === null || tree.value === "") return 0n;
  if (typeof tree.value === "number") return BigInt(Math.trunc(tree.value));
  const value = typeof tree.value === "bigint" ? tree.value : parseInt64(tree.text);
  if (value === undefined || BigInt.asIntN(64, value) !== value) throw new Error("must be a 64-bit integer");
  return value;
}

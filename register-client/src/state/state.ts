import { isNothing, parseTree, type Tree } from "../config/tree.ts";

/** What the machine remembers of its last successful registration (register-client-and-media 1.4). */
export interface RegistrationState {
  /** RFC 3339 text of the first successful registration, exactly as stored; undefined when there was none. */
  initialRegistration: string | undefined;
  emulatedTpm: boolean;
  emulatedTpmSeed: bigint;
}

export const emptyState: RegistrationState = {
  initialRegistration: undefined,
  emulatedTpm: false,
  emulatedTpmSeed: 0n,
};

/** Whether the next registration is an update of a known machine. */
export function isUpdatable(state: RegistrationState): boolean {
  return state.initialRegistration !== undefined;
}

const timestamp = /^\d{4}-\d{1,2}-\d{1,2}(([Tt]|[ \t]+)\d{1,2}:\d{2}:\d{2}(\.\d+)?([ \t]*(Z|[-+]\d{1,2}(:\d{2})?))?)?$/;
const zeroTimestamp = /^0001-01-01/;

/** Reads a state file. Throws an Error when it is empty, no map, or holds a value of the wrong type. */
export function decodeState(text: string): RegistrationState {
  const tree = parseTree(text);
  if (tree === undefined) throw new Error("it is empty");
  if (isNothing(tree)) return emptyState;
  if (tree.kind !== "map") throw new Error("it is no map");
  return {
    initialRegistration: timestampOf(tree.members.get("initialRegistration")),
    emulatedTpm: flagOf(tree.members.get("emulatedTPM")),
    emulatedTpmSeed: seedOf(tree.members.get("emulatedTPMSeed")),
  };
}

/** The text of a state file; zero values are left out, an empty state is `{}`. */
export function encodeState(state: RegistrationState): string {
  const lines: string[] = [];
  if (state.initialRegistration !== undefined) lines.push(`initialRegistration: ${state.initialRegistration}`);
  if (state.emulatedTpm) lines.push("emulatedTPM: true");
  if (state.emulatedTpmSeed !== 0n) lines.push(`emulatedTPMSeed: ${state.emulatedTpmSeed}`);
  return lines.length === 0 ? "{}\n" : `${lines.join("\n")}\n`;
}

/** RFC 3339 with the machine's offset, as the original writes it. */
export function formatTimestamp(date: Date): string {
  const offset = -date.getTimezoneOffset();
  const local = new Date(date.getTime() + offset * 60_000).toISOString().slice(0, -1);
  if (offset === 0) return `${local}Z`;
  const pad = (value: number) => String(Math.trunc(value)).padStart(2, "0");
  const minutes = Math.abs(offset);
  return `${local}${offset < 0 ? "-" : "+"}${pad(minutes / 60)}:${pad(minutes % 60)}`;
}

function timestampOf(tree: Tree | undefined): string | undefined {
  if (isNothing(tree)) return undefined;
  if (tree.kind !== "scalar" || !timestamp.test(tree.text)) throw new Error("initialRegistration is no timestamp");
  return zeroTimestamp.test(tree.text) ? undefined : tree.text;
}

function flagOf(tree: Tree | undefined): boolean {
  if (isNothing(tree)) return false;
  if (tree.kind !== "scalar" || typeof tree.value !== "boolean") throw new Error("emulatedTPM must be true or false");
  return tree.value;
}

function seedOf(tree: Tree | undefined): bigint {
  if (isNothing(tree)) return 0n;
  const value = tree.kind === "scalar" ? tree.value : undefined;
  if (typeof value !== "bigint" || BigInt.asIntN(64, value) !== value) {
    throw new Error("emulatedTPMSeed must be a 64-bit integer");
  }
  return value;
}

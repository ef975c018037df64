import { compareBytesTo, parseQuantity } from "./quantity.ts";

/** One line of a device selector; all must hold. */
export interface Requirement {
  key: string;
  operator: string;
  values: readonly string[];
}

export interface Candidate {
  /** The kernel's name, e.g. `sda`. */
  name: string;
  sizeBytes: bigint;
}

type Check = (candidate: Candidate, requirement: Requirement) => boolean;

const operators: Readonly<Record<string, Check>> = {
  In: matchesName,
  NotIn: (candidate, requirement) => !matchesName(candidate, { ...requirement, operator: "In" }),
  Gt: (candidate, requirement) => compareSize(candidate, requirement) > 0,
  Lt: (candidate, requirement) => compareSize(candidate, requirement) < 0,
};

/**
 * Whether a disk satisfies a requirement (register-client-and-media 2.1). Throws an Error when the requirement itself is
 * wrong: unknown operator, wrong key for it, or a size that is no quantity.
 */
export function satisfies(candidate: Candidate, requirement: Requirement): boolean {
  const check = Object.hasOwn(operators, requirement.operator) ? operators[requirement.operator] : undefined;
  if (!check) throw new Error(`unknown operator: ${requirement.operator}`);
  return check(candidate, requirement);
}

/** The path under which the kernel offers a disk; `!` in a name stands for `/`. */
export function devicePath(name: string): string {
  return `/dev/${name.replaceAll("!", "/")}`;
}

function matchesName({ name }: Candidate, { key, operator, values }: Requirement): boolean {
  if (key !== "Name") throw new Error(`cannot use ${operator} operator on numerical values ${key}`);
  return values.some((value) => value === name || value === devicePath(name));
}

function compareSize({ sizeBytes }: Candidate, { key, operator, values }: Requirement): number {
  if (key !== "Size") throw new Error(`cannot use ${operator} operator on string values ${key}`);
  const [text] = values;
  if (text === undefined) throw new Error(`operator ${operator} on ${key} needs a value`);
  const quantity = parseQuantity(text);
  if (!quantity) throw new Error(`failed to parse quantity ${text}`);
  return compareBytesTo(sizeBytes, quantity);
}

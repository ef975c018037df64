import { naturalOrder } from "./natural-order.ts";
import { type Candidate, devicePath, type Requirement, satisfies } from "./requirement.ts";

/** A disk as far as the choice needs it. */
export interface SelectableDisk extends Candidate {
  readOnly: boolean;
  hidden: boolean;
}

/** Why a disk is not the one; undefined for the chosen. */
export interface Verdict {
  name: string;
  rejected: string | undefined;
}

export interface Selection {
  /** Path of the chosen disk; undefined when none matches. */
  device: string | undefined;
  verdicts: Verdict[];
}

/**
 * Chooses the disk to install to: the first one in natural order that satisfies all requirements. Disks that no one would
 * install to are passed over unless an `In` requirement names them. `medium` is the disk the live system runs from.
 * Throws an Error for a wrong requirement.
 */
export function selectDevice(
  disks: readonly SelectableDisk[],
  requirements: readonly Requirement[],
  medium: string | undefined,
): Selection {
  const verdicts = disks
    .toSorted((left, right) => naturalOrder(left.name, right.name))
    .map((disk): Verdict => ({ name: disk.name, rejected: rejection(disk, requirements, medium) }));
  const chosen = verdicts.find(({ rejected }) => rejected === undefined);
  return { device: chosen && devicePath(chosen.name), verdicts };
}

function rejection(
  disk: SelectableDisk,
  requirements: readonly Requirement[],
  medium: string | undefined,
): string | undefined {
  for (const requirement of requirements) {
    if (!satisfies(disk, requirement)) return `does not satisfy ${describe(requirement)}`;
  }
  const named = requirements.some(({ operator }) => operator === "In");
  return named ? undefined : unsuitable(disk, medium);
}

function describe({ key, operator, values }: Requirement): string {
  return `${key} ${operator} [${values.join(", ")}]`;
}

const unusableNames = /^(sr|fd|loop|ram|zram|dm-|md)\d/;

function unsuitable(disk: SelectableDisk, medium: string | undefined): string | undefined {
  if (disk.name === medium) return "is the live medium";
  if (disk.sizeBytes === 0n) return "is empty";
  if (disk.readOnly) return "is read-only";
  if (disk.hidden) return "is hidden";
  return unusableNames.test(disk.name) ? "is no installation target unless named" : undefined;
}

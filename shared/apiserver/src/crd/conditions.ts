import type { CustomResourceDefinition, DefinitionCondition, DefinitionStatus, Names } from "./definition.ts";

type Verdict = Omit<DefinitionCondition, "lastTransitionTime">;

/** Names that other definitions (or built-in kinds) of the same group already have. */
export interface TakenNames {
  resources: ReadonlySet<string>;
  kinds: ReadonlySet<string>;
}

/** Which of the wanted names a definition gets, and what that says about it. */
export function acceptNames(
  { spec, status }: CustomResourceDefinition,
  taken: TakenNames,
): { acceptedNames: Names; verdict: Verdict } {
  const wanted = spec.names;
  const singular = wanted.singular ?? wanted.kind.toLowerCase();
  const listKind = wanted.listKind ?? `${wanted.kind}List`;
  const problems = [
    nameProblem("PluralConflict", wanted.plural, taken.resources),
    nameProblem("SingularConflict", singular, taken.resources),
    ...(wanted.shortNames ?? []).map((name) => nameProblem("ShortNamesConflict", name, taken.resources)),
    nameProblem("KindConflict", wanted.kind, taken.kinds),
    nameProblem("ListKindConflict", listKind, taken.kinds),
  ].filter((problem) => problem !== undefined);
  const problem = problems.at(-1);
  if (problem) {
    return {
      acceptedNames: status?.acceptedNames ?? { plural: "", kind: "" },
      verdict: { type: "NamesAccepted", status: "False", ...problem },
    };
  }
  return {
    acceptedNames: { ...wanted, singular, listKind },
    verdict: { type: "NamesAccepted", status: "True", reason: "NoConflicts", message: "no conflicts found" },
  };
}

function nameProblem(reason: string, name: string, taken: ReadonlySet<string>) {
  return taken.has(name) ? { reason, message: `${JSON.stringify(name)} is already in use` } : undefined;
}

/** Whether a definition is served, given the verdict on its names. Once it was it stays so. */
export function establish(wasEstablished: boolean, names: Verdict): Verdict {
  if (wasEstablished || names.status === "True") {
    return {
      type: "Established",
      status: "True",
      reason: "InitialNamesAccepted",
      message: "the initial names have been accepted",
    };
  }
  return { type: "Established", status: "False", reason: "NotAccepted", message: "not all names are accepted" };
}

/** The status with the verdicts as conditions; the transition time changes with the status only. */
export function withConditions(status: DefinitionStatus, verdicts: readonly Verdict[], now: string): DefinitionStatus {
  const conditions = [...(status.conditions ?? [])];
  for (const verdict of verdicts) {
    const index = conditions.findIndex(({ type }) => type === verdict.type);
    const old = conditions[index];
    const lastTransitionTime = old?.status === verdict.status ? old.lastTransitionTime : now;
    conditions.splice(index === -1 ? conditions.length : index, index === -1 ? 0 : 1, {
      ...verdict,
      lastTransitionTime,
    });
  }
  return { ...status, conditions };
}

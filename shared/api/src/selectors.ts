import type { LabelSelector } from "./schema/references.ts";

/** One condition of a selector; all of them must hold. */
export interface Requirement {
  key: string;
  operator: "In" | "NotIn" | "Exists" | "DoesNotExist";
  values: readonly string[];
}

/** A selector that cannot be understood. The message names the part that is wrong. */
export class SelectorError extends Error {
  override readonly name = "SelectorError";
  readonly code = "InvalidSelector";
}

const operators = new Set(["In", "NotIn", "Exists", "DoesNotExist"]);

/** The requirements of a label selector object; an empty one selects everything. Throws SelectorError. */
export function labelRequirements(selector: LabelSelector): Requirement[] {
  const fromLabels = Object.entries(selector.matchLabels ?? {}).map(([key, value]): Requirement => {
    return { key, operator: "In", values: [value] };
  });
  return fromLabels.concat((selector.matchExpressions ?? []).map(expressionRequirement));
}

function expressionRequirement(expression: { key: string; operator: string; values?: string[] }): Requirement {
  const { key, operator, values = [] } = expression;
  if (!operators.has(operator)) {
    throw new SelectorError(`"${operator}" is not a valid label selector operator (key ${key})`);
  }
  const takesValues = operator === "In" || operator === "NotIn";
  if (takesValues && values.length === 0) throw new SelectorError(`operator ${operator} of key ${key} needs values`);
  if (!takesValues && values.length > 0) throw new SelectorError(`operator ${operator} of key ${key} takes no values`);
  return { key, operator: operator as Requirement["operator"], values };
}

const keyPattern = String.raw`[\w./-]+`;
const setBased = new RegExp(String.raw`^(${keyPattern})\s+(in|notin)\s*\(([^()]*)\)$`);
const equality = new RegExp(String.raw`^(${keyPattern})\s*(==|=|!=)\s*([\w.-]*)$`);
const existence = new RegExp(String.raw`^(!?)\s*(${keyPattern})$`);

/** Parses the text form, e.g. `app=x,env in (a,b),!legacy`. Empty text selects everything. Throws SelectorError. */
export function parseLabelSelector(text: string): Requirement[] {
  return splitTerms(text).map((term) => {
    const requirement = setTerm(term) ?? equalityTerm(term) ?? existenceTerm(term);
    if (!requirement) throw new SelectorError(`unable to parse the label selector at "${term}"`);
    return requirement;
  });
}

// Commas inside parentheses separate values, not terms.
function splitTerms(text: string): string[] {
  if (text.trim() === "") return [];
  return text.split(/,(?![^()]*\))/).map((term) => term.trim());
}

function setTerm(term: string): Requirement | undefined {
  const [, key, operator, values] = setBased.exec(term) ?? [];
  if (key === undefined || values === undefined) return undefined;
  return { key, operator: operator === "in" ? "In" : "NotIn", values: values.split(",").map((value) => value.trim()) };
}

function equalityTerm(term: string): Requirement | undefined {
  const [, key, operator, value] = equality.exec(term) ?? [];
  if (key === undefined || value === undefined) return undefined;
  return { key, operator: operator === "!=" ? "NotIn" : "In", values: [value] };
}

function existenceTerm(term: string): Requirement | undefined {
  const [, negation, key] = existence.exec(term) ?? [];
  if (key === undefined) return undefined;
  return { key, operator: negation === "!" ? "DoesNotExist" : "Exists", values: [] };
}

/** Whether labels meet every requirement. As in Kubernetes, `NotIn` also holds for a missing label. */
export function matchesRequirements(
  requirements: readonly Requirement[],
  labels: Readonly<Record<string, string>> = {},
): boolean {
  return requirements.every(({ key, operator, values }) => {
    const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
    if (operator === "Exists") return value !== undefined;
    if (operator === "DoesNotExist") return value === undefined;
    const contained = value !== undefined && values.includes(value);
    return operator === "In" ? contained : !contained;
  });
}

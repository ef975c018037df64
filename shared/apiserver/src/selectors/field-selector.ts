import { badRequest } from "../status/errors.ts";

/** The fields of an object that a kind lets be selected, by name, in the order error messages list them. */
export type SelectableFields = Readonly<Record<string, string>>;

interface Term {
  field: string;
  value: string;
  negated: boolean;
}

/**
 * Compiles a field selector such as `metadata.name=x,type!=Opaque`. Throws 400 when it cannot be parsed or names a
 * field that is not among `known`.
 */
export function parseFieldSelector(text: string, known: readonly string[]): (fields: SelectableFields) => boolean {
  const terms = splitTerms(text).map(parseTerm);
  for (const { field } of terms) {
    if (!known.includes(field)) {
      const list = known.map((name) => `"${name}"`).join(", ");
      throw badRequest(`"${field}" is not a known field selector: only ${list}`);
    }
  }
  return (fields) => terms.every(({ field, value, negated }) => ((fields[field] ?? "") === value) !== negated);
}

/** The value the selector demands of `field`, if it demands one. */
export function demandedValue(text: string, field: string): string | undefined {
  return splitTerms(text)
    .map(parseTerm)
    .find((term) => term.field === field && !term.negated)?.value;
}

// A comma or equals sign inside a value is escaped with a backslash.
function splitTerms(text: string): string[] {
  return text.match(/(\\.|[^,\\])+/gs) ?? [];
}

function parseTerm(term: string): Term {
  const match = /^((?:\\.|[^=!\\])*)(==|=|!=)(.*)$/s.exec(term);
  if (!match) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
  const [, field = "", operator, value = ""] = match;
  return { field, value: value.replace(/\\(.)/gs, "$1"), negated: operator === "!=" };
}

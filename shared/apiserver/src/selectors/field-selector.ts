import { badRequest } from "../status/errors.ts";
import type { StatusError } from "../status/status-error.ts";

/** The fields of an object that a kind lets be selected, by name, in the order error messages list them. */
export type SelectableFields = Readonly<Record<string, string>>;

interface Term {
  field: string;
  value: string;
  negated: boolean;
}

const common = ["metadata.name", "metadata.namespace"];

/**
 * Compiles a field selector such as `metadata.name=x,type!=Opaque`. Throws 400 when it cannot be parsed or names a
 * field that is neither a common one nor among `own`, those of the kind; `own` is undefined where the kind has none.
 */
export function parseFieldSelector(
  text: string,
  own: readonly string[] | undefined,
): (fields: SelectableFields) => boolean {
  const terms = splitTerms(text).map(parseTerm);
  for (const { field } of terms) {
    if (!common.includes(field) && !own?.includes(field)) throw notSelectable(field, own !== undefined);
  }
  return (fields) => terms.every(({ field, value, negated }) => ((fields[field] ?? "") === value) !== negated);
}

// Which of both the API server says depends on whether the kind has selectable fields of its own.
function notSelectable(field: string, hasOwn: boolean): StatusError {
  if (hasOwn) return badRequest(`field label not supported: ${field}`);
  const list = common.map((name) => `"${name}"`).join(", ");
  return badRequest(`"${field}" is not a known field selector: only ${list}`);
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

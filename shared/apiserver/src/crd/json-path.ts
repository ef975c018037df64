import { isRecord } from "../object/object.ts";

type Step = { field: string } | { index: number } | { every: true } | { filter: { path: string[]; value: string } };

const stepPattern =
  /\.([^.[\]\s{}]+)|\[(-?\d+)\]|\[\*\]|\[['"]([^'"]+)['"]\]|\[\?\(@\.([A-Za-z0-9_.-]+)\s*==\s*['"]([^'"]*)['"]\)\]/y;

/** Compiles the JSON path of a printer column, e.g. `.status.conditions[?(@.type=="Ready")].status`; undefined when it is none. */
export function compileJsonPath(text: string): ((value: unknown) => unknown[]) | undefined {
  const source = text.replace(/^\{|\}$/g, "").replace(/\\\./g, "\u0000");
  const steps: Step[] = [];
  stepPattern.lastIndex = 0;
  while (stepPattern.lastIndex < source.length) {
    const match = stepPattern.exec(source);
    if (!match) return undefined;
    steps.push(stepOf(match));
  }
  return (value) => steps.reduce<unknown[]>((found, step) => found.flatMap((item) => follow(item, step)), [value]);
}

function stepOf([, field, index, quoted, path, value]: RegExpExecArray): Step {
  const name = field ?? quoted;
  if (name !== undefined) return { field: name.replaceAll("\u0000", ".") };
  if (index !== undefined) return { index: Number(index) };
  if (path !== undefined) return { filter: { path: path.split("."), value: value ?? "" } };
  return { every: true };
}

function follow(value: unknown, step: Step): unknown[] {
  if ("field" in step) return isRecord(value) && Object.hasOwn(value, step.field) ? [value[step.field]] : [];
  if ("every" in step) return isRecord(value) ? Object.values(value) : asList(value);
  const list = asList(value);
  if ("index" in step) return list.slice(step.index, step.index === -1 ? undefined : step.index + 1);
  return list.filter((item) => String(step.filter.path.reduce<unknown>(field, item)) === step.filter.value);
}

function field(value: unknown, name: string): unknown {
  return isRecord(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

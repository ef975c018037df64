import { labelValueErrors, qualifiedNameErrors } from "../object/names.ts";
import { badRequest } from "../status/errors.ts";

export type Matcher = (labels: Readonly<Record<string, string>>) => boolean;

interface Requirement {
  key: string;
  operator: "exists" | "absent" | "in" | "notin" | ">" | "<";
  values: string[];
}

const tokenPattern = /\s*(==|!=|=|!|,|\(|\)|>|<|[^\s=!,()<>]+)\s*/y;

/** Compiles a label selector such as `app=x,tier in (a,b),!old`. Throws 400 when it cannot be parsed. */
export function parseLabelSelector(text: string): Matcher {
  const tokens = tokenize(text);
  const requirements: Requirement[] = [];
  while (tokens.length > 0) {
    requirements.push(requirement(tokens));
    if (tokens.length > 0 && tokens.shift() !== ",") throw unparsable("expected: ',' or end of string");
    else if (tokens.length === 0 && text.trimEnd().endsWith(",")) throw unparsable("found '', expected: identifier");
  }
  requirements.forEach(checkNames);
  return (labels) => requirements.every((item) => matches(item, labels));
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < text.length) {
    const match = tokenPattern.exec(text);
    if (!match?.[1]) break;
    tokens.push(match[1]);
  }
  return tokens;
}

function requirement(tokens: string[]): Requirement {
  if (tokens[0] === "!") {
    tokens.shift();
    return { key: identifier(tokens), operator: "absent", values: [] };
  }
  const key = identifier(tokens);
  const operator = tokens[0];
  if (operator === undefined || operator === ",") return { key, operator: "exists", values: [] };
  tokens.shift();
  switch (operator) {
    case "=":
    case "==":
      return { key, operator: "in", values: [exactValue(tokens)] };
    case "!=":
      return { key, operator: "notin", values: [exactValue(tokens)] };
    case "in":
    case "notin":
      return { key, operator, values: valueList(tokens) };
    case ">":
    case "<":
      return { key, operator, values: [exactValue(tokens)] };
    default:
      throw unparsable(`found '${operator}', expected: in, notin, =, ==, !=, gt, lt`);
  }
}

function identifier(tokens: string[]): string {
  const token = tokens.shift();
  if (token === undefined || /^[=!,()<>]/.test(token)) {
    throw unparsable(`found '${token ?? ""}', expected: identifier`);
  }
  return token;
}

function exactValue(tokens: string[]): string {
  return tokens.length === 0 || tokens[0] === "," ? "" : identifier(tokens);
}

function valueList(tokens: string[]): string[] {
  const opening = tokens.shift();
  if (opening !== "(") throw unparsable(`found '${opening ?? ""}' expected: '('`);
  const values: string[] = [];
  for (;;) {
    values.push(tokens[0] === "," || tokens[0] === ")" ? "" : identifier(tokens));
    const separator = tokens.shift();
    if (separator === ")") return values;
    if (separator !== ",") throw unparsable(`found '${separator ?? ""}', expected: ',' or ')'`);
  }
}

function checkNames({ key, operator, values }: Requirement): void {
  const [keyError] = qualifiedNameErrors(key);
  if (keyError) throw unparsable(`key: Invalid value: ${JSON.stringify(key)}: ${keyError}`);
  for (const value of values) {
    const isComparison = operator === ">" || operator === "<";
    const [error] = isComparison ? boundErrors(value) : labelValueErrors(value);
    if (error) throw unparsable(`values[0][${key}]: Invalid value: ${JSON.stringify(value)}: ${error}`);
  }
}

function boundErrors(value: string): string[] {
  return /^-?\d+$/.test(value) ? [] : ["for 'Gt', 'Lt' operators, the value must be an integer"];
}

function matches({ key, operator, values }: Requirement, labels: Readonly<Record<string, string>>): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case "exists":
      return value !== undefined;
    case "absent":
      return value === undefined;
    case "in":
      return value !== undefined && values.includes(value);
    case "notin":
      return value === undefined || !values.includes(value);
    default:
      return compares(value, operator, values[0] ?? "");
  }
}

function compares(value: string | undefined, operator: ">" | "<", bound: string): boolean {
  if (value === undefined || !/^-?\d+$/.test(value)) return false;
  return operator === ">" ? BigInt(value) > BigInt(bound) : BigInt(value) < BigInt(bound);
}

function unparsable(why: string) {
  return badRequest(`unable to parse requirement: ${why}`);
}

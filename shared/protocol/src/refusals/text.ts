import { type RefusalCode, refusals } from "./codes.ts";

/** What a machine is told: `message`, cut where it exceeds `maxLength` characters, and the code, which is always whole. */
export function refusalText(code: RefusalCode, message: string, maxLength = 1000): string {
  const suffix = ` (${code})`;
  return message.slice(0, maxLength - suffix.length) + suffix;
}

/** The code at the end of what a server said; undefined when it has none that we know. */
export function refusalCodeOf(text: string): RefusalCode | undefined {
  const code = /\(([A-Za-z0-9]+)\)\s*$/.exec(text)?.[1];
  return code !== undefined && Object.hasOwn(refusals, code) ? (code as RefusalCode) : undefined;
}

/** Whether the server said something that another attempt may overcome. */
export function isPassing(text: string): boolean {
  const code = refusalCodeOf(text);
  return code !== undefined && refusals[code].passing === true;
}

/** What a benchmark found, as `--json` writes it; `null` where it could not be measured. */
export type Result = { [key: string]: number | string | null | Result | Result[] };

/** Writes a result for people: one line per figure. */
export function printResult(result: Result, indent = ""): void {
  for (const [key, value] of Object.entries(result)) {
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) printSection(`${key} ${index + 1}`, item, indent);
    } else if (typeof value === "object" && value !== null) printSection(key, value, indent);
    else process.stdout.write(`${indent}${key.padEnd(26)}${value ?? "not measured"}\n`);
  }
}

function printSection(title: string, result: Result, indent: string): void {
  process.stdout.write(`${indent}${title}\n`);
  printResult(result, `${indent}  `);
}

/** Rounds to three significant digits or whole numbers, whichever is finer. */
export function rounded(value: number): number {
  return Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
}

/** Tells how far a run is. */
export function progress(text: string): void {
  process.stderr.write(`bench: ${text}\n`);
}

/**
 * Reads one `--label` text. With exactly one `=` the whole text is one pair; with more it is one CSV record of pairs.
 * Throws an Error whose message says which part is no pair.
 */
export function parseLabelFlag(text: string): [string, string][] {
  const equals = text.split("=").length - 1;
  const pairs = equals === 1 ? [trimQuotes(text)] : parseCsvRecord(text);
  return pairs.map((pair) => {
    const split = pair.indexOf("=");
    if (split < 0) throw new Error(`${pair} must be formatted as key=value`);
    return [pair.slice(0, split), pair.slice(split + 1)];
  });
}

function trimQuotes(text: string): string {
  return text.replace(/^"+/, "").replace(/"+$/, "");
}

const csvField = /(?:"((?:[^"]|"")*)"|([^",]*))(,|$)/y;

function parseCsvRecord(line: string): string[] {
  const fields: string[] = [];
  csvField.lastIndex = 0;
  for (;;) {
    const match = csvField.exec(line);
    if (!match) throw new Error(`${line} is not a list of key=value pairs: misplaced quote`);
    fields.push(match[1] === undefined ? (match[2] ?? "") : match[1].replaceAll('""', '"'));
    if (match[3] !== ",") return fields;
  }
}

interface Level {
  path: string;
  /** Undefined in a list. */
  keys: Set<string> | undefined;
  index: number;
}

const token = /"(?:[^"\\]|\\.)*"|[{}[\],:]/g;

/** The paths of fields that a JSON text, which must be valid, says twice; the last one counts. */
export function duplicateFields(text: string): string[] {
  const duplicates: string[] = [];
  const levels: Level[] = [];
  let key = "";
  let previous = "";
  for (const [found] of text.matchAll(token)) {
    const level = levels.at(-1);
    if (found === ":" && level?.keys) {
      key = JSON.parse(previous);
      if (level.keys.has(key)) duplicates.push(pathOf(level, key));
      level.keys.add(key);
    } else {
      follow(levels, found, key);
    }
    previous = found;
  }
  return duplicates;
}

/** Keeps track of where in the text we are. */
function follow(levels: Level[], found: string, key: string): void {
  const level = levels.at(-1);
  if (found === "{") levels.push({ path: pathOf(level, key), keys: new Set(), index: 0 });
  else if (found === "[") levels.push({ path: pathOf(level, key), keys: undefined, index: 0 });
  else if (found === "}" || found === "]") levels.pop();
  else if (found === "," && level) level.index += 1;
}

function pathOf(level: Level | undefined, key: string): string {
  if (!level) return "";
  if (!level.keys) return `${level.path}[${level.index}]`;
  return level.path === "" ? key : `${level.path}.${key}`;
}

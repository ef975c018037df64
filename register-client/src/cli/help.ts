import { type Command, commands, rootCommand } from "./command.ts";
import type { Flag } from "./flag.ts";

/** The usage text of `command`, as printed by `--help` and after a usage error. */
export function usageText(command: Command): string {
  const lines = ["Usage:", `  ${command.usage}`];
  if (command.aliases.length > 0) lines.push("", "Aliases:", `  ${[command.name, ...command.aliases].join(", ")}`);
  if (command === rootCommand) {
    lines.push("  elemental-register [command]", "", "Available Commands:");
    lines.push(...columns(commands.map(({ name, summary }) => [name, summary])));
  }
  lines.push("", "Flags:", ...columns(command.flags.map(describe)));
  if (command === rootCommand)
    lines.push("", 'Use "elemental-register [command] --help" for more information about a command.');
  return `${lines.join("\n")}\n`;
}

/** What `--help` prints. */
export function helpText(command: Command): string {
  return `${command.summary}\n\n${usageText(command)}`;
}

const typeNames = { bool: "", string: " string", int64: " int", labels: " stringToString" } as const;

function describe(flag: Flag): [string, string] {
  const short = flag.short ? `-${flag.short}, ` : "    ";
  const fallback = flag.fallback === undefined ? "" : ` (default ${flag.fallback})`;
  return [`${short}--${flag.name}${typeNames[flag.type]}`, `${flag.usage}${fallback}`];
}

function columns(rows: [string, string][]): string[] {
  const width = Math.max(...rows.map(([left]) => left.length)) + 3;
  return rows.map(([left, right]) => `  ${left.padEnd(width)}${right}`);
}

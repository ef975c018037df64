import { ClientError } from "../errors.ts";
import { commands, rootCommand } from "./command.ts";

const program = "elemental-register";

function words(): string {
  const flags = rootCommand.flags.map(({ name }) => `--${name}`);
  return [...commands.map(({ name }) => name), ...flags].join(" ");
}

const bash = () => `complete -W "${words()}" -o default ${program}\n`;

const scripts: Readonly<Record<string, () => string>> = {
  bash,
  zsh: () => `autoload -U +X bashcompinit && bashcompinit\n${bash()}`,
  fish: () => `complete -c ${program} -a "${words()}"\n`,
};

/** The completion script of `shell`; a ClientError `Usage` names the known shells. */
export function completionScript(shell: string | undefined): string {
  const script = shell !== undefined && Object.hasOwn(scripts, shell) ? scripts[shell] : undefined;
  if (!script) throw new ClientError("Usage", `completion needs a shell: ${Object.keys(scripts).join(", ")}`);
  return script();
}

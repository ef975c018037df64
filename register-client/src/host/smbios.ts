import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "./host.ts";

/** DMI types the Smbios message consists of, in their order. */
const types = [0, 1, 2, 3, 4, 11] as const;

/** The concatenated text of `dmidecode` for all types. Throws a ClientError `Host`. */
export async function readDmidecode(host: Host): Promise<string> {
  const texts: string[] = [];
  for (const type of types) {
    const result = await host.capture("dmidecode", ["-t", String(type)]).catch((error: unknown) => {
      throw new ClientError("Host", `cannot run dmidecode: ${messageOf(error)}`, { cause: error });
    });
    if (result.status !== 0) {
      const said = result.stderr.trim().split("\n").at(-1) ?? "";
      throw new ClientError("Host", `dmidecode -t ${type} ended with status ${result.status}${said && `: ${said}`}`);
    }
    texts.push(result.stdout);
  }
  return texts.join("");
}

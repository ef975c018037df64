import { isJsonObject, type JsonObject, parseSmbios } from "@elemental/protocol";
import type { DumpInvocation } from "../cli/invocation.ts";
import { collectHostData } from "../host/collect.ts";
import type { Host } from "../host/host.ts";
import { legacyData } from "../host/legacy-data.ts";
import { rawData } from "../host/raw/raw-data.ts";
import { readDmidecode } from "../host/smbios.ts";
import { templateData } from "../host/template-data.ts";
import type { Log } from "../output/log.ts";
import { numberLists } from "./flatten.ts";
import { formatDump } from "./format.ts";

/** The text of `dumpdata` (register-client-and-media 1.10). Throws a ClientError. */
export async function dump(host: Host, { subject, raw, format }: DumpInvocation, log: Log): Promise<string> {
  return formatDump(await dumpedData(host, subject, raw, log), format);
}

async function dumpedData(host: Host, subject: DumpInvocation["subject"], raw: boolean, log: Log): Promise<JsonObject> {
  if (subject === "smbios") return parseSmbios(await readDmidecode(host));
  const data = await collectHostData(host, log);
  if (raw) {
    const numbered = numberLists(await rawData(host, data));
    return isJsonObject(numbered) ? numbered : {};
  }
  return subject === "legacy" ? { "System Data": legacyData(data) } : templateData(data);
}

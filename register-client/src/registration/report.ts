import { type ClientReport, type JsonObject, parseSmbios } from "@elemental/protocol";
import { messageOf } from "../errors.ts";
import { collectHostData } from "../host/collect.ts";
import type { Host } from "../host/host.ts";
import { readDmidecode } from "../host/smbios.ts";
import { systemDataV1 } from "../host/system-data-v1.ts";
import { systemDataV2 } from "../host/template-data.ts";
import type { Log } from "../output/log.ts";

/** The host data of a registration; what cannot be collected is left out (registration-protocol H19). */
export async function collectReport(
  host: Host,
  log: Log,
): Promise<Pick<ClientReport, "smbios" | "systemDataV2" | "legacySystemData">> {
  const data = await collectHostData(host, log);
  return {
    smbios: await collectSmbios(host, log),
    systemDataV2: systemDataV2(data),
    legacySystemData: () => systemDataV1(data),
  };
}

async function collectSmbios(host: Host, log: Log): Promise<JsonObject> {
  try {
    return parseSmbios(await readDmidecode(host));
  } catch (error) {
    log.record("warning", `no SMBIOS data, some labels may not be available: ${messageOf(error)}`);
    return {};
  }
}

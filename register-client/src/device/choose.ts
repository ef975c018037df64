import type { InstallConfig } from "@elemental/protocol";
import { ClientError, messageOf } from "../errors.ts";
import type { Host } from "../host/host.ts";
import { listDisks } from "../host/storage.ts";
import type { Log } from "../output/log.ts";
import { liveMedium } from "./live-medium.ts";
import { type Selection, selectDevice } from "./select.ts";

/**
 * The device to install to: the configured one as it is, else the one the selector finds. Every candidate is logged with
 * the reason of its rejection. Throws a ClientError `Configuration`.
 */
export function chooseDevice(host: Host, install: InstallConfig, log: Log): string {
  const requirements = install["device-selector"] ?? [];
  if (install.device) {
    if (requirements.length > 0) log.record("warning", "device-selector is ignored because device is set");
    return install.device;
  }
  let selection: Selection;
  try {
    selection = selectDevice(listDisks(host), requirements, liveMedium(host));
  } catch (error) {
    throw new ClientError("Configuration", `device-selector: ${messageOf(error)}`, { cause: error });
  }
  for (const { name, rejected } of selection.verdicts) {
    log.record("info", `disk ${name}: ${rejected ?? "suitable"}`);
  }
  if (selection.device === undefined) throw new ClientError("Configuration", "no device found matching selector");
  return selection.device;
}

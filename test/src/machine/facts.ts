import { createHash } from "node:crypto";
import type { HostFacts } from "@elemental/register-client/testing";

/**
 * The facts of the simulated machine called `name`: serial number, UUID and MAC address derive from the name, so that the
 * same name is the same machine and different names are different ones.
 */
export function machineFacts(name: string): HostFacts {
  const hex = createHash("sha256").update(name).digest("hex");
  const pairs = hex.match(/../g) ?? [];
  return {
    hostname: name,
    uuid: [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join(
      "-",
    ),
    serial: `SIM-${hex.slice(0, 10).toUpperCase()}`,
    nics: [{ name: "eth0", mac: ["52:54:00", ...pairs.slice(0, 3)].join(":"), pci: "0000:00:03.0" }],
    disks: [{ name: "vda", bytes: 34_359_738_368n, rotational: true, model: "SIMULATED_DISK" }],
  };
}

/** A positive seed for a software TPM of the machine called `name`. */
export function machineSeed(name: string): bigint {
  const digest = createHash("sha256").update(`tpm ${name}`).digest();
  return BigInt.asUintN(62, digest.readBigUInt64BE()) + 1n;
}

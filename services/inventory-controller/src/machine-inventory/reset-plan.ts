import { annotations, type MachineInventory } from "@elemental/api";
import { stringify } from "yaml";

/** The plan that makes a machine reset itself (resources-and-controllers 2.2.6). `now` marks the plan of an unmanaged system. */
export function resetPlan(inventory: MachineInventory, now: Date): string {
  const unmanaged = inventory.metadata.annotations?.[annotations.osUnmanaged] === "true";
  return `${JSON.stringify(unmanaged ? unmanagedPlan(now) : managedPlan(inventory))}\n`;
}

const cloudConfig = {
  name: "Elemental Reset",
  stages: {
    "network.after": [
      {
        name: "Runs elemental reset",
        if: "[ -f /run/cos/recovery_mode ] || [ -f /run/elemental/recovery_mode ]",
        commands: ["systemctl start elemental-register-reset"],
      },
    ],
  },
};

function managedPlan({ spec }: MachineInventory): object {
  const configurator = spec?.network?.configurator || "none";
  const restoreNetwork = {
    name: "restore first boot config",
    command: "elemental-register",
    args: ["--debug", "--reset-network"],
  };
  return {
    files: [file("/oem/reset-cloud-config.yaml", stringify(cloudConfig))],
    instructions: [
      ...(configurator === "none" ? [] : [restoreNetwork]),
      {
        name: "configure next boot to recovery mode",
        command: "grub2-editenv",
        args: ["/oem/grubenv", "set", "next_entry=recovery"],
      },
      // One minute, so that the agent can report before the machine goes down.
      { name: "schedule reboot", command: "shutdown", args: ["-r", "+1"] },
    ],
  };
}

/** The machine's own tooling acts on the file; its content only makes each reset another plan. */
function unmanagedPlan(now: Date): object {
  return { files: [file("/var/lib/elemental/.unmanaged_reset", localTime(now))] };
}

function file(path: string, content: string): object {
  return { content: Buffer.from(content).toString("base64"), path, permissions: "0600" };
}

/** `YYYY-MM-DD hh:mm:ss` in the local time zone. */
function localTime(time: Date): string {
  const two = (value: number) => String(value).padStart(2, "0");
  const date = [time.getFullYear(), two(time.getMonth() + 1), two(time.getDate())].join("-");
  return `${date} ${[time.getHours(), time.getMinutes(), time.getSeconds()].map(two).join(":")}`;
}

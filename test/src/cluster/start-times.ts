import { namespace } from "./installation.ts";
import type { Shell } from "./shell.ts";

/** How long each service took from the start of its process until it worked, as its own log says, in ms. */
export async function startTimes({ run }: Shell): Promise<string> {
  const selector = "app.kubernetes.io/name=elemental-operator,app.kubernetes.io/component!=redis";
  const args = ["-n", namespace, "logs", "-l", selector, "--prefix", "--tail=-1"];
  const lines = (await run("kubectl", args)).split("\n").filter((line) => line.includes('"startMs":'));
  const times = lines.map((line) => {
    const [, service] = /^\[pod\/elemental-operator-([a-z-]+?)-[a-z0-9]+-[a-z0-9]+\//.exec(line) ?? [];
    return `${service} ${/"startMs":(\d+)/.exec(line)?.[1]} ms`;
  });
  return times.sort().join(", ");
}

import { createReadStream } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createMachine, type Machine } from "../machine/index.ts";
import { registrationOf } from "./download.ts";
import { type Shell, until } from "./shell.ts";

export const namespace = "fleet-default";
/** Where Pods reach the host. */
const host = "10.200.0.254";
const kinds =
  "machineinventoryselectors,seedimages,machineinventories,machineregistrations,managedosversionchannels,managedosversions";

/** What a user does with an installed system, from outside the cluster. */
export interface Flow {
  /** A MachineRegistration becomes Ready; resolves with its URL. */
  register(): Promise<string>;
  /** A SeedImage is built in a Pod and downloaded; resolves with the registration file inside. */
  seedImage(): Promise<string>;
  /** A machine registers with that file and its agent applies the first plan. The caller stops it. */
  machine(name: string, registration: string): Promise<Machine>;
  /** How many machines are Ready. */
  readyMachines(): Promise<number>;
  /** Everything that was made, gone, finalizers included. */
  clear(): Promise<void>;
}

/** `ca` is the authority of the door's certificate. */
export function flow({ run }: Shell, ca: string): Flow {
  const kubectl = (...args: string[]) => run("kubectl", ["-n", namespace, ...args]);
  const apply = (kind: string, name: string, spec: object) => {
    const object = { apiVersion: "elemental.cattle.io/v1beta1", kind, metadata: { name, namespace }, spec };
    return run("kubectl", ["apply", "-f", "-"], JSON.stringify(object));
  };
  const field = async (kind: string, path: string) =>
    (await kubectl("get", kind, "demo", "-o", `jsonpath={${path}}`)) || undefined;
  return {
    async register() {
      const registration = { auth: "tpm", "emulate-tpm": true, "emulated-tpm-seed": -1 };
      const machineInventoryLabels = { site: "lab" };
      await apply("MachineRegistration", "demo", { machineInventoryLabels, config: { elemental: { registration } } });
      return until("the registration's URL", 60, () => field("machineregistration", ".status.registrationURL"));
    },
    async seedImage() {
      const directory = await mkdtemp(join(tmpdir(), "elemental-cluster-"));
      const server = await serveBase({ run }, directory);
      try {
        const { port } = server.address() as { port: number };
        const baseImage = `http://${host}:${port}/base.iso`;
        await apply("SeedImage", "demo", { baseImage, registrationRef: { name: "demo", namespace }, size: "100Mi" });
        const url = await until("the seed image", 180, () => field("seedimage", ".status.downloadURL"));
        return await registrationOf({ run }, url, { directory, ca });
      } finally {
        server.close();
        await rm(directory, { recursive: true });
      }
    },
    async machine(name, registration) {
      const machine = await createMachine({ name, registration, tpm: "emulated", onLine: () => {} });
      const { status, lines } = await machine.register();
      if (status === 0) {
        await machine.startAgent().applied();
        return machine;
      }
      await machine.stop();
      throw new Error(`machine ${name} was not registered: exit status ${status}\n${lines.slice(-5).join("\n")}`);
    },
    async readyMachines() {
      const ready = '{range .items[*]}{.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}';
      const lines = (await kubectl("get", "machineinventories", "-o", `jsonpath=${ready}`)).trim().split("\n");
      return lines.filter((line) => line === "True").length;
    },
    async clear() {
      await kubectl("delete", kinds, "--all", "--wait", "--timeout=120s");
    },
  };
}

/** Serves an ISO with one file, which is base enough for the builder. */
async function serveBase({ run }: Shell, directory: string): Promise<Server> {
  const tree = join(directory, "README");
  const iso = join(directory, "base.iso");
  await writeFile(tree, "no operating system\n");
  await run("xorriso", ["-as", "mkisofs", "-quiet", "-V", "COS_LIVE", "-o", iso, tree]);
  const server = createServer((_request, response) => createReadStream(iso).pipe(response));
  await new Promise<void>((resolve) => server.listen(0, "0.0.0.0", resolve));
  return server;
}

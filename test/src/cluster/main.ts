// The whole system on a one-node cluster with real Pods: `npm run test:cluster`. Needs root on Debian; about ten minutes.
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { flow } from "./flow.ts";
import { buildImages, registry } from "./images.ts";
import { type Shell, shell } from "./shell.ts";

const tools = fileURLToPath(new URL("../../../../shared/kube/", import.meta.url));
const kube = join(tools, "kube");
const namespace = "cattle-elemental-system";
/** Where the host reaches the node's ports. */
const serverUrl = "http://10.200.0.1:30080";

const programs = ["buildah", "debootstrap", "containerd", "xorriso"];

function missing(): string | undefined {
  if (!existsSync(kube)) return "no one-node cluster can be had here";
  if (process.getuid?.() !== 0) return "it needs root";
  const folders = (process.env.PATH ?? "").split(delimiter);
  const absent = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  return absent.length > 0 ? `not installed: ${absent.join(", ")}` : undefined;
}

async function step<T>(title: string, work: () => Promise<T>): Promise<T> {
  const began = Date.now();
  const result = await work();
  console.log(`ok  ${title} (${((Date.now() - began) / 1000).toFixed(1)} s)`);
  return result;
}

function values(replicas: number): string[] {
  const settings = {
    registryUrl: registry,
    "redis.builtin.image.repository": `${registry}/valkey`,
    "redis.builtin.image.tag": "test",
    "server.url": serverUrl,
    "service.type": "NodePort",
    "service.nodePort": 30080,
    "defaultChannels.slMicro62Baremetal.enabled": false,
    replicas,
  };
  return Object.entries(settings).flatMap(([name, value]) => ["--set", `${name}=${value}`]);
}

async function verify(user: Shell): Promise<void> {
  const helm = (...args: string[]) => user.run("helm", [...args, "-n", namespace]);
  const operator = ["elemental-operator", "charts/elemental-operator", "--wait", "--timeout", "5m"];
  await step("the definitions are installed", () =>
    helm("install", "elemental-operator-crds", "charts/elemental-crds", "--create-namespace"),
  );
  const label = ["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"];
  await user.run("kubectl", label);
  await step("the services are Ready, under Pod Security `restricted`", () =>
    helm("install", ...operator, ...values(1)),
  );
  const system = flow(user);
  await step("a MachineRegistration becomes Ready", system.register);
  const registration = await step("a SeedImage is built in a Pod, served and downloaded", system.seedImage);
  await step("a machine registers from outside with the file of the image, and its agent applies a plan", () =>
    system.machine("machine-0", registration),
  );
  await step("an upgrade in the middle of registrations loses none", async () => {
    const upgrade = helm("upgrade", ...operator, ...values(2));
    for (let number = 1; number <= 5; number++) await system.machine(`machine-${number}`, registration);
    await upgrade;
    const ready = await system.readyMachines();
    if (ready !== 6) throw new Error(`6 machines were registered, ${ready} are Ready`);
  });
  await step("everything can be deleted and uninstalled, and nothing stays", async () => {
    await system.clear();
    await helm("uninstall", "elemental-operator", "--wait");
    await helm("uninstall", "elemental-operator-crds", "--wait", "--timeout", "60s");
    const left = await user.run("kubectl", ["get", "crd,clusterrole,clusterrolebinding", "-o", "name"]);
    if (left.includes("elemental")) throw new Error(`left behind:\n${left}`);
  });
}

async function main(): Promise<void> {
  const why = missing();
  if (why) {
    console.log(`skipped: ${why}`);
    return;
  }
  const directory = await mkdtemp(join(tmpdir(), "elemental-node-"));
  const host = shell();
  try {
    await step("the base images are there", () => host.run(join(tools, "base-images"), []));
    const archives = await step("the images are built", () => buildImages(host, directory));
    await step("a node is up", () => host.run(kube, ["up", "--node", directory]));
    for (const archive of archives) await host.run(kube, ["image", directory, archive]);
    const folder = (await host.run(kube, ["path"])).trim();
    const path = `${folder}${delimiter}${process.env.PATH}`;
    await verify(shell({ KUBECONFIG: join(directory, "kubeconfig"), PATH: path }));
  } finally {
    await host.run(kube, ["down", directory]).catch(() => "");
    await rm(directory, { recursive: true, force: true });
  }
}

await main();

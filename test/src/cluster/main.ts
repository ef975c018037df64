// The whole system on a one-node cluster with real Pods: `npm run test:cluster`. Needs root on Debian; about five minutes.
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { launcher, launcherAvailable } from "../kube/real-api.ts";
import { buildImages } from "./images.ts";
import { step, writeReport } from "./report.ts";
import { type Shell, shell } from "./shell.ts";
import { verify } from "./verify.ts";

const programs = ["buildah", "debootstrap", "containerd", "runc", "iptables", "conntrack", "xorriso"];
const baseImages = join(launcher, "../base-images");

function missing(): string | undefined {
  if (!launcherAvailable()) return "no one-node cluster can be had here";
  if (process.getuid?.() !== 0) return "it needs root";
  const folders = (process.env.PATH ?? "").split(delimiter);
  const absent = programs.filter((program) => !folders.some((folder) => existsSync(join(folder, program))));
  return absent.length > 0 ? `not installed: ${absent.join(", ")}` : undefined;
}

const attempts = 3;
const startSeconds = "180";

/** A control plane whose parts time out on a busy machine does not come up by itself: it is started again. */
async function startNode({ run }: Shell, directory: string): Promise<void> {
  for (let attempt = 1; ; attempt++) {
    try {
      await run("timeout", [startSeconds, launcher, "up", "--node", directory]);
      return;
    } catch (error) {
      if (attempt === attempts) throw error;
      await run(launcher, ["down", directory]);
    }
  }
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
    await step("the images are built", async () => {
      await host.run(baseImages, []);
      const archives = await buildImages(host, directory);
      await startNode(host, directory);
      for (const archive of archives) await host.run(launcher, ["image", directory, archive]);
    });
    const folder = (await host.run(launcher, ["path"])).trim();
    const path = `${folder}${delimiter}${process.env.PATH}`;
    // The cluster's own certificates are in its directory.
    const files = join(directory, "files");
    await mkdir(files);
    await verify(shell({ KUBECONFIG: join(directory, "kubeconfig"), PATH: path }), files);
  } finally {
    await writeReport();
    await host.run(launcher, ["down", directory]).catch(() => "");
    await rm(directory, { recursive: true, force: true });
  }
}

await main();

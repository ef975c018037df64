import { accessSync, constants } from "node:fs";
import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { listenVariables } from "../addresses.ts";
import { containerEnvironment } from "../environment.ts";
import { expand } from "../expansion.ts";
import { commandLine, type LocalImage } from "../images.ts";
import type { ContainerLog } from "../logs/container-log.ts";
import type { Container } from "../pod.ts";
import { runnerVariable } from "../process/marker.ts";
import { type RunningProcess, startProcess } from "../process/process.ts";
import { containerRoot, type Mount } from "../root/root.ts";
import { containerMounts } from "../volumes.ts";
import type { Sandbox } from "./sandbox.ts";

/** The process could not be started: there is no such program, or it may not be executed. */
export class StartError extends Error {
  readonly code = "StartError";
  override readonly name = "StartError";
}

// As in most container images; a machine's own PATH would make Pods behave differently from machine to machine.
const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Starts a container's process. Throws ContainerConfigError, VolumeError or StartError. */
export async function startContainer(
  sandbox: Sandbox,
  container: Container,
  image: LocalImage,
  openLog: () => Promise<ContainerLog>,
): Promise<RunningProcess> {
  const own = await containerEnvironment(sandbox.pod, container, sandbox.sources, sandbox.addresses);
  const mounts = await containerMounts(container, sandbox.volumes);
  const programs = [...image.entrypoint, ...Object.values(image.programs ?? {}).flat()];
  const root = await containerRoot(
    sandbox.host.isolation,
    join(sandbox.directory, "roots", container.name),
    mounts,
    programs,
  );
  const resolve = (words: readonly string[] | undefined) =>
    (words ?? []).map((word) => root.rewrite(expand(word, own)));
  const argv = commandLine(image, resolve(container.command), resolve(container.args));
  const env = {
    ...(await sandboxVariables(sandbox)),
    ELEMENTAL_ROOT: root.directory,
    ...image.env,
    ...Object.fromEntries([...own].map(([name, value]) => [name, root.rewrite(value)])),
  };
  const program = findProgram(argv[0] ?? "", env.PATH, mounts);
  const command = [...sandbox.host.launcher, program, ...argv.slice(1)];
  const log = await openLog();
  try {
    return await startProcess({ ...root.command(command, container.workingDir ?? ""), env }, log);
  } catch (cause) {
    log.end();
    throw new StartError(`exec: "${program}": ${cause instanceof Error ? cause.message : cause}`, { cause });
  }
}

async function sandboxVariables({ pod, directory, host, addresses, ports }: Sandbox) {
  const home = join(directory, "home");
  await mkdir(home, { recursive: true });
  return {
    PATH: defaultPath,
    HOME: home,
    HOSTNAME: pod.metadata.name,
    POD_IP: addresses.podIP,
    [runnerVariable]: host.identity,
    ...Object.fromEntries(listenVariables(addresses.podIP, ports)),
  };
}

/** The program's absolute path. Those in volumes are found only when they run. */
function findProgram(program: string, path: string, mounts: readonly Mount[]): string {
  if (program === "") throw new StartError("no command specified");
  if (mounts.some(({ target }) => program.startsWith(`${target}/`))) return program;
  const candidates = program.includes("/") ? [program] : path.split(":").map((part) => join(part, program));
  const found = candidates.find(isExecutable);
  if (found) return found;
  const why = program.includes("/") ? "no such file or directory" : "executable file not found in $PATH";
  throw new StartError(`exec: "${program}": ${why}`);
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type ApiUnderTest, realApiAvailable, startRealApi } from "../../kube/real-api.ts";
import { endChild, spawnNode } from "./child.ts";

export interface BenchmarkApi extends ApiUnderTest {
  kind: "given" | "real" | "embedded";
  /** Processes of the API where they can be found. */
  pids: number[];
}

/** The API of KUBECONFIG, else a real one of our own, else the embedded one; this one at once when `embedded` is set. */
export async function openApi(embedded: boolean): Promise<BenchmarkApi> {
  const given = process.env["KUBECONFIG"];
  if (!embedded && given) return { kind: "given", kubeconfig: given, pids: pidsBeside(given), stop: async () => {} };
  if (embedded || !realApiAvailable()) return startEmbedded();
  const api = await startRealApi();
  return { kind: "real", ...api, pids: pidsBeside(api.kubeconfig) };
}

/** A local control plane leaves its process ids beside its kubeconfig. */
function pidsBeside(kubeconfig: string): number[] {
  const directory = dirname(kubeconfig);
  const files = readdirSync(directory).filter((file) => file.endsWith(".pid"));
  return files.map((file) => Number(readFileSync(join(directory, file), "utf8"))).filter((pid) => pid > 0);
}

/** In a process of its own, so that its work is not mixed with ours. */
async function startEmbedded(): Promise<BenchmarkApi> {
  const program = fileURLToPath(new URL("./embedded-process.ts", import.meta.url));
  const child = spawnNode([program], { stdio: ["ignore", "ignore", "inherit", "ipc"] });
  const started = Promise.withResolvers<string>();
  child.once("message", (message) => started.resolve(String(message)));
  child.once("exit", () => started.reject(new Error("the embedded API did not start")));
  const kubeconfig = await started.promise;
  return { kind: "embedded", kubeconfig, pids: [child.pid ?? 0], stop: () => endChild(child) };
}

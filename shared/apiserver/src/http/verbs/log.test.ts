import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { PodLogOptions, PodLogs } from "../../loopback.ts";
import { openPki, writeKubeconfig } from "../../pki/index.ts";
import { type ApiServer, startApiServer } from "../../server.ts";
import { hasKubectl, kubectlFor } from "../../testing/kubectl.ts";

const isMissing = !hasKubectl();
if (isMissing) process.stderr.write("SKIPPED: kubectl is not on PATH, so that logs are not read by it\n");

/** Two lines at once and a third a little later, as long as nobody goes away. */
class TwoLinesAndMore implements PodLogs {
  readonly asked: (PodLogOptions & { container: string })[] = [];
  ended = 0;

  read(_namespace: string, _pod: string, container: string, options: PodLogOptions) {
    this.asked.push({ container, ...options });
    return container === "never" ? undefined : this.#lines(options.follow);
  }

  async *#lines(follow: boolean): AsyncIterable<Uint8Array> {
    try {
      yield Buffer.from("one\ntwo\n");
      for (let line = 3; follow; line++) {
        await sleep(20);
        yield Buffer.from(`line ${line}\n`);
      }
    } finally {
      this.ended += 1;
    }
  }
}

let folder: string;
let server: ApiServer;
let kubectl: ReturnType<typeof kubectlFor>;
const logs = new TwoLinesAndMore();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "logs-"));
  const pki = await openPki();
  server = await startApiServer({
    listen: { host: "127.0.0.1", port: 0 },
    tls: { ...pki.server, clientAuthority: pki.authority.certificate },
    podLogs: logs,
    onError: (error, doing) => expect.unreachable(`${doing}: ${error}`),
  });
  const kubeconfig = join(folder, "kubeconfig");
  await writeKubeconfig(kubeconfig, server.url, pki);
  kubectl = kubectlFor(kubeconfig);
  const metadata = (name: string) => ({ name, namespace: "default" });
  const resource = (plural: string) => ({ group: "", version: "v1", resource: plural });
  const account = { apiVersion: "v1", kind: "ServiceAccount", metadata: metadata("default") };
  await server.loopback.create(resource("serviceaccounts"), account);
  const containers = ["app", "never"].map((name) => ({ name, image: "example.com/i" }));
  const pod = { apiVersion: "v1", kind: "Pod", metadata: metadata("p"), spec: { nodeName: "here", containers } };
  await server.loopback.create(resource("pods"), pod);
});

afterAll(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

describe.skipIf(isMissing)("kubectl logs", () => {
  test("prints the log and passes its options on", async () => {
    const { code, stdout } = await kubectl.run([
      "logs",
      "p",
      "-c",
      "app",
      "--tail=5",
      "--limit-bytes=100",
      "--timestamps",
    ]);
    expect([code, stdout]).toEqual([0, "one\ntwo\n"]);
    expect(logs.asked.at(-1)).toEqual({
      container: "app",
      follow: false,
      timestamps: true,
      tailLines: 5,
      limitBytes: 100,
    });
  });

  test("-f goes on until it is stopped, and the reader is let go", async () => {
    const { ended } = logs;
    const following = kubectl.follow(["logs", "-f", "p", "-c", "app"]);
    expect([await following.line(), await following.line(), await following.line()]).toEqual(["one", "two", "line 3"]);
    following.stop();
    await expect.poll(() => logs.ended, { timeout: 10_000 }).toBe(ended + 1);
  });

  test("a container that never ran, or is not the Pod's, is an error", async () => {
    const waiting = await kubectl.run(["logs", "p", "-c", "never"]);
    expect([waiting.code, waiting.stderr]).toEqual([
      1,
      expect.stringContaining('container "never" in pod "p" is waiting to start'),
    ]);
    expect((await kubectl.run(["logs", "p", "-c", "absent"])).stderr).toContain(
      "container absent is not valid for pod p",
    );
  });

  test("options that are not offered are refused", async () => {
    const { code, stderr } = await kubectl.run(["logs", "p", "-c", "app", "--since=5m"]);
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining("the log option sinceSeconds is not offered by this server"),
    ]);
  });
});

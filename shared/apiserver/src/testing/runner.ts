import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect } from "vitest";
import { collections } from "../client/kinds.ts";
import type { Loopback, PodLogOptions } from "../loopback.ts";
import { type PodRunner, type PodRunnerOptions, startPodRunner } from "../pods/runner.ts";
import { memoryApi } from "./loopback.ts";
import { printed, type TestPods, testImages, testPods } from "./pods.ts";

export const namespace = "test";

/** A Pod runner on an API of its own, for each test; failures that no status shows fail the test. */
export interface TestRunner {
  loopback: Loopback;
  runner: PodRunner;
  dataDir: string;
  pods: TestPods;
  /** Stops the runner and starts it again. */
  restart(options?: Partial<PodRunnerOptions>): Promise<void>;
  log(pod: string, container: string, options?: Partial<PodLogOptions>): Promise<string | undefined>;
  configMap(name: string, data: Record<string, string>): Promise<unknown>;
  secret(name: string, data: Record<string, string>): Promise<unknown>;
}

export function useRunner(): TestRunner {
  const state = {} as TestRunner;
  let failures: string[] = [];
  let close = () => {};
  const start = (options: Partial<PodRunnerOptions> = {}) =>
    startPodRunner(state.loopback, {
      dataDir: state.dataDir,
      images: testImages,
      backoff: { initialMs: 1, maxMs: 4, resetMs: 600_000 },
      retryMs: 20,
      onError: (error, doing) => failures.push(`${doing}: ${error}`),
      ...options,
    });
  const put = (kind: string, name: string, data: Record<string, string>) =>
    state.loopback.create(kind === "Secret" ? collections.secrets : collections.configMaps, {
      apiVersion: "v1",
      kind,
      metadata: { name, namespace },
      ...{ data },
    });
  beforeEach(async () => {
    failures = [];
    state.dataDir = await mkdtemp(join(tmpdir(), "runner-"));
    const api = await memoryApi([namespace]);
    state.loopback = api.loopback;
    close = api.close;
    state.pods = testPods(state.loopback, namespace);
    state.runner = await start();
  });
  afterEach(async () => {
    await state.runner.stop();
    close();
    await rm(state.dataDir, { recursive: true, force: true });
    expect(failures).toEqual([]);
  });
  return Object.assign(state, {
    async restart(options?: Partial<PodRunnerOptions>) {
      await state.runner.stop();
      state.runner = await start(options);
    },
    log: (pod: string, container: string, options: Partial<PodLogOptions> = {}) =>
      printed(state.runner.podLogs.read(namespace, pod, container, { follow: false, timestamps: false, ...options })),
    configMap: (name: string, data: Record<string, string>) => put("ConfigMap", name, data),
    secret: (name: string, data: Record<string, string>) => put("Secret", name, base64(data)),
  });
}

function base64(data: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]));
}

import type { KubeObject } from "@elemental/api";
import { collections } from "../client/kinds.ts";
import type { Loopback } from "../loopback.ts";
import { imageCatalog } from "../pods/images.ts";
import type { Container, Pod, PodSpec } from "../pods/pod.ts";
import type { PodPhase } from "../pods/pod-status.ts";
import { waitFor } from "./wait.ts";

/** `shell`: nothing but the machine's own programs. `greeter`: has an entrypoint and a program of its own. */
export const testImages = imageCatalog([
  { pattern: "docker.io/test/shell:*", image: { entrypoint: ["/bin/sh"] } },
  {
    pattern: "test/greeter:*",
    image: {
      entrypoint: ["/bin/echo", "hello"],
      programs: { shout: ["/bin/echo", "HELLO"] },
      env: { FROM_IMAGE: "yes", OVERRIDDEN: "by image" },
    },
  },
]);

/** A container that runs `script` by the shell. */
export function shell(name: string, script: string, more: Partial<Container> = {}): Container {
  return {
    name,
    image: "docker.io/test/shell:1",
    imagePullPolicy: "IfNotPresent",
    command: ["/bin/sh", "-c"],
    args: [script],
    ...more,
  };
}

export interface TestPods {
  create(name: string, spec: PodSpec, metadata?: Partial<KubeObject["metadata"]>): Promise<Pod>;
  /** Waits until the Pod satisfies `holds`. */
  until(name: string, holds: (pod: Pod) => boolean): Promise<Pod>;
  phase(name: string, phase: PodPhase): Promise<Pod>;
  gone(name: string): Promise<void>;
  events(name: string): Promise<string[]>;
}

export function testPods(loopback: Loopback, namespace: string): TestPods {
  const key = (name: string) => ({ namespace, name });
  const until: TestPods["until"] = async (name, holds) => {
    const pod = await waitFor<Pod>(loopback, collections.pods, key(name), (p) => p !== undefined && holds(p));
    if (!pod) throw new Error(`Pod ${name} is gone.`);
    return pod;
  };
  return {
    async create(name, spec, metadata = {}) {
      const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, ...metadata }, spec };
      return (await loopback.create(collections.pods, pod)) as Pod;
    },
    until,
    phase: (name, phase) => until(name, ({ status }) => status?.phase === phase),
    async gone(name) {
      await waitFor(loopback, collections.pods, key(name), (pod) => pod === undefined);
    },
    async events(name) {
      const events = (await loopback.list(collections.events, namespace)) as (KubeObject & {
        involvedObject: { name: string };
        reason: string;
        message: string;
      })[];
      return events.filter((e) => e.involvedObject.name === name).map((e) => `${e.reason}: ${e.message}`);
    },
  };
}

/** Resolves when Pods can be created in the namespace: its ServiceAccount comes a moment after it. */
export async function accountIsThere(loopback: Loopback, namespace: string): Promise<void> {
  await waitFor(
    loopback,
    collections.serviceAccounts,
    { namespace, name: "default" },
    (account) => account !== undefined,
  );
}

/** What a container printed. */
export async function printed(output: AsyncIterable<Uint8Array> | undefined): Promise<string | undefined> {
  if (!output) return undefined;
  const parts: Uint8Array[] = [];
  for await (const part of output) parts.push(part);
  return Buffer.concat(parts).toString();
}

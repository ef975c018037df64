import { namespaces } from "@elemental/api";
import { afterAll, beforeAll, describe } from "vitest";
import type { Kube } from "../../ports.ts";
import { eventRecording } from "./events.ts";
import { informers } from "./informers.ts";
import { createNamespace } from "./names.ts";
import { readsAndWrites } from "./writes.ts";

/** The contract of the port Kube. `open` gives one that serves widgets (kinds.ts). */
export function describeKubeContract(implementation: string, open: () => Promise<Kube>): void {
  describe(`${implementation} fulfils the contract of Kube`, () => {
    let namespace: string;
    let kube: Kube;
    beforeAll(async () => {
      kube = await open();
      namespace = await createNamespace(kube);
    });
    afterAll(async () => {
      await kube.delete(namespaces, { namespace: "", name: namespace });
      await kube.close();
    });
    for (const part of [readsAndWrites, informers, eventRecording]) {
      part(
        () => kube,
        () => namespace,
      );
    }
  });
}

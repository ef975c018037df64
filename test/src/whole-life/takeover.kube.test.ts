import {
  customResourceDefinitions,
  type KubeObject,
  type MachineInventory,
  type MachineInventorySelector,
  machineInventories,
  machineInventorySelectors,
  objectKey,
  type Role,
  roles,
} from "@elemental/api";
import { expect, inject, test, vi } from "vitest";
import { connectToCluster, machineDefinition } from "../kube/index.ts";
import { startOperator } from "./operator.ts";
import { createReferenceObjects, planChecksum } from "./reference-objects.ts";

test("C-118 what elemental-operator 1.9 left is taken over: nothing is made anew, no plan rewritten, no finalizer lost", async () => {
  await using parts = new AsyncDisposableStack();
  const definitions = [...customResourceDefinitions(), machineDefinition];
  const { kube, createNamespace, close } = await connectToCluster(inject("kubeconfig"), definitions);
  parts.defer(close);
  const namespace = await createNamespace();
  const serverUrl = "http://door.example";
  const left = await createReferenceObjects(kube, namespace, serverUrl);
  await startOperator({ kubeconfig: inject("kubeconfig"), serverUrl }, parts);
  // The one thing that must change: the Role gave every Secret of the namespace away (D-04).
  await vi.waitFor(
    async () => expect(((await kube.get(roles, { namespace, name: "taken" })) as Role).rules ?? []).toEqual([]),
    { timeout: 60_000, interval: 100 },
  );
  await vi.waitFor(
    async () => {
      const key = { namespace, name: "taken" };
      const selector: MachineInventorySelector = await kube.get(machineInventorySelectors, key);
      const inventory: MachineInventory = await kube.get(machineInventories, key);
      const conditions = [...(inventory.status?.conditions ?? []), ...(selector.status?.conditions ?? [])];
      expect(conditions.map(({ observedGeneration }) => observedGeneration)).toEqual([1, 1, 1, 1, 1]);
      expect(conditions.map(({ status, reason }) => `${status} ${reason}`).sort()).toEqual([
        "True PlanSuccessfullyApplied",
        "True ReconcilingNetworkConfig",
        "True SelectorReady",
        "True SuccessfullyAdopted",
        "True SuccessfullyAdoptedInventory",
      ]);
      expect(inventory.status?.plan).toMatchObject({ checksum: planChecksum, state: "Applied" });
      expect(selector.status).toMatchObject({ ready: true, bootstrapPlanChecksum: planChecksum });
    },
    { timeout: 60_000, interval: 100 },
  );
  for (const { type, object } of left) {
    const now = await kube.get(type, objectKey(object));
    expect(now).toMatchObject(kept(object));
    if (isPlan(object)) expect(now.metadata.resourceVersion).toBe(object.metadata.resourceVersion);
  }
});

/** What a takeover may not touch. */
function kept({ metadata, ...content }: KubeObject & { spec?: object; data?: object }): object {
  const { uid, finalizers, ownerReferences, labels, annotations } = metadata;
  const of = (fields: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  const { spec, data } = content;
  return { metadata: of({ uid, finalizers, ownerReferences, labels, annotations }), ...of({ spec, data }) };
}

function isPlan(object: KubeObject & { type?: string }): boolean {
  return object.type === "elemental.cattle.io/plan";
}

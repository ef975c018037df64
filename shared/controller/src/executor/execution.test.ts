import { configMaps, type KubeObject } from "@elemental/api";
import { KubeError } from "@elemental/kube";
import { type Call, type MemoryKube, memoryKube } from "@elemental/kube/testing";
import { describe, expect, test } from "vitest";
import { type Controller, TerminalError } from "../contract.ts";
import { copier, finalizer, key, type Widget, widget, widgets } from "../testing/widgets.ts";
import { type Execution, execute } from "./execution.ts";

async function runOn(
  kube: MemoryKube,
  controller: Controller<Widget, Widget, string>,
  object?: Widget,
): Promise<Execution & { verbs: string[]; reported: unknown[] }> {
  const verbs: string[] = [];
  const reported: unknown[] = [];
  const context = {
    kube,
    now: () => new Date("2026-01-01T00:00:00Z"),
    wrote: (verb: string) => void verbs.push(verb),
    written: () => {},
    report: (error: unknown) => void reported.push(error),
  };
  const execution = await execute(controller, context, object ?? (await kube.get(widgets, key)));
  return { ...execution, verbs, reported };
}

async function kubeWith(object: Widget, intercept?: (call: Call) => void): Promise<MemoryKube> {
  const kube = memoryKube(intercept ? { intercept } : {});
  await kube.create(widgets, object);
  return kube;
}

const finalized = { metadata: { finalizers: [finalizer] } };
const stored = (kube: MemoryKube) => kube.get(widgets, key);
const configMap: KubeObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "ns", name: "c" } };

describe("the order of a run", () => {
  test("finalizer, operations, status; the second write builds on the first (D-01)", async () => {
    const kube = await kubeWith(widget());
    const controller = copier({
      reconcile: () => ({
        operations: [{ kind: "create", type: configMaps, object: configMap }],
        status: { phase: "Copied" },
      }),
    });
    expect(await runOn(kube, controller)).toMatchObject({
      result: "success",
      verbs: ["patch", "create", "patchStatus"],
    });
    expect(await stored(kube)).toMatchObject({ ...finalized, status: { phase: "Copied" } });
  });

  test("a settled object causes no writes", async () => {
    const kube = await kubeWith(widget());
    await runOn(kube, copier());
    expect(await runOn(kube, copier())).toMatchObject({ result: "success", verbs: [] });
  });

  test("only the difference of the status is written, and what is gone is removed", async () => {
    const kube = await kubeWith(widget(finalized));
    await runOn(kube, copier({ reconcile: () => ({ status: { phase: "A", size: 1 } }) }));
    await runOn(kube, copier({ reconcile: () => ({ status: { phase: "B" } }) }));
    expect((await stored(kube)).status).toEqual({ phase: "B" });
  });

  test("a write of an operation to the object itself is the base of the status write", async () => {
    const kube = await kubeWith(widget(finalized));
    const patch = { type: "merge", body: { spec: { size: 5 } } } as const;
    const controller = copier({
      reconcile: () => ({ operations: [{ kind: "patch", type: widgets, key, patch }], status: { size: 5 } }),
    });
    expect(await runOn(kube, controller)).toMatchObject({ result: "success" });
    expect(await stored(kube)).toMatchObject({ spec: { size: 5 }, status: { size: 5 } });
  });

  test("a status that must be known first is written before the operations, and once", async () => {
    const kube = await kubeWith(widget(finalized));
    const controller = copier({
      reconcile: () => ({
        operations: [{ kind: "create", type: configMaps, object: configMap }],
        status: { phase: "Copying" },
        statusFirst: true,
      }),
    });
    expect(await runOn(kube, controller)).toMatchObject({ result: "success", verbs: ["patchStatus", "create"] });
  });

  test("external actions are performed in their place; waiting is a result", async () => {
    const kube = await kubeWith(widget(finalized));
    const performed: string[] = [];
    const controller = copier({
      reconcile: () => ({ operations: [{ kind: "external", action: "ring" }], requeueAfterMs: 7000 }),
      perform: async (action) => void performed.push(action),
    });
    expect(await runOn(kube, controller)).toMatchObject({ result: "requeue", afterMs: 7000 });
    expect(performed).toEqual(["ring"]);
  });

  test("events are recorded after the writes", async () => {
    const kube = await kubeWith(widget(finalized));
    const event = { type: "Normal", reason: "Copied", message: "Copied the size." } as const;
    await runOn(kube, copier({ reconcile: () => ({ events: [event] }) }));
    await kube.events.flush();
    const { items } = await kube.list({ group: "", version: "v1", kind: "Event", plural: "events", namespaced: true });
    expect(items).toMatchObject([event]);
  });
});

describe("failures", () => {
  const broken = new Error("it broke");
  const failing: Record<string, Partial<Controller<Widget, Widget, string>>> = {
    observe: { observe: () => Promise.reject(broken) },
    "observe, at once": {
      observe: () => {
        throw broken;
      },
    },
    reconcile: {
      reconcile: () => {
        throw broken;
      },
    },
    operation: { reconcile: () => ({ operations: [{ kind: "external", action: "x" }], status: { phase: "Good" } }) },
  };

  test.each(Object.keys(failing))("a failed %s becomes the status, and the run counts as failed", async (step) => {
    const kube = await kubeWith(widget(finalized));
    const controller = copier({ perform: () => Promise.reject(broken), ...failing[step] });
    expect(await runOn(kube, controller)).toMatchObject({ result: "error", error: broken });
    expect((await stored(kube)).status).toEqual({ phase: "Failed", message: "it broke" });
  });

  test("the first failed operation stops the rest", async () => {
    const kube = await kubeWith(widget(finalized));
    const performed: string[] = [];
    const controller = copier({
      reconcile: () => ({ operations: ["a", "b", "c"].map((action) => ({ kind: "external", action })) }),
      perform: async (action) => {
        performed.push(action);
        if (action === "b") throw broken;
      },
    });
    expect((await runOn(kube, controller)).result).toBe("error");
    expect(performed).toEqual(["a", "b"]);
  });

  test("an error in the outcome is reported after its status was written", async () => {
    const kube = await kubeWith(widget(finalized));
    const execution = await runOn(kube, copier({ reconcile: () => ({ status: { phase: "Bad" }, error: broken }) }));
    expect(execution).toMatchObject({ result: "error", error: broken });
    expect((await stored(kube)).status).toEqual({ phase: "Bad" });
  });

  test("a TerminalError is never retried", async () => {
    const kube = await kubeWith(widget(finalized));
    const error = new TerminalError("mend the spec");
    expect(await runOn(kube, copier({ reconcile: () => ({ error }) }))).toMatchObject({ result: "terminal", error });
  });

  test("a status that cannot be written hides no failure", async () => {
    const kube = await kubeWith(widget(finalized), ({ verb }) => {
      if (verb === "patchStatus") throw new KubeError("Unavailable", "no status today");
    });
    const execution = await runOn(kube, copier({ observe: () => Promise.reject(broken) }));
    expect(execution).toMatchObject({ result: "error", error: broken });
    expect(execution.reported).toHaveLength(1);
  });

  test("an existing object is fine where that is tolerated, else a failure", async () => {
    const kube = await kubeWith(widget(finalized));
    await kube.create(configMaps, configMap as never);
    const creating = (tolerateExisting: boolean) =>
      copier({
        reconcile: () => ({ operations: [{ kind: "create", type: configMaps, object: configMap, tolerateExisting }] }),
      });
    expect((await runOn(kube, creating(true))).result).toBe("success");
    expect((await runOn(kube, creating(false))).result).toBe("error");
  });
});

describe("races", () => {
  test("an old object is a conflict: nothing is written, nothing failed", async () => {
    const kube = await kubeWith(widget(finalized));
    const old = await stored(kube);
    await kube.patch(widgets, key, { type: "merge", body: { spec: { size: 2 } } });
    expect(await runOn(kube, copier(), old)).toMatchObject({ result: "conflict" });
    expect((await stored(kube)).status).toBeUndefined();
  });

  test("a conflict in an operation is one, too, and leaves the status alone", async () => {
    const kube = await kubeWith(widget(finalized));
    const error = new KubeError("Conflict", "somebody was first");
    const controller = copier({
      reconcile: () => ({ operations: [{ kind: "external", action: "x" }], status: { phase: "Good" } }),
      perform: () => Promise.reject(error),
    });
    expect(await runOn(kube, controller)).toMatchObject({ result: "conflict" });
    expect((await stored(kube)).status).toBeUndefined();
  });

  test("an object that is gone meanwhile ends the run", async () => {
    const kube = await kubeWith(widget());
    const old = await stored(kube);
    await kube.delete(widgets, key);
    expect(await runOn(kube, copier(), old)).toMatchObject({ result: "gone" });
  });
});

describe("deletion", () => {
  async function deleted(finalizers: string[]): Promise<MemoryKube> {
    const kube = await kubeWith(widget({ metadata: { finalizers } }));
    await kube.delete(widgets, key);
    return kube;
  }

  test("the finalizer goes when the work is done, others stay", async () => {
    const kube = await deleted(["other/finalizer", finalizer]);
    expect(await runOn(kube, copier())).toMatchObject({ result: "success" });
    expect((await stored(kube)).metadata.finalizers).toEqual(["other/finalizer"]);
  });

  test.each([
    ["cleanup throws", copier({ observe: () => Promise.reject(new Error("no cleanup")) })],
    ["reconcile is not done", copier({ reconcile: () => ({ requeueAfterMs: 1 }) })],
    ["an error is reported with it", copier({ reconcile: () => ({ finalized: true, error: new Error("x") }) })],
    [
      "an operation fails",
      copier({
        reconcile: () => ({ finalized: true, operations: [{ kind: "external", action: "x" }] }),
        perform: () => Promise.reject(new Error("x")),
      }),
    ],
  ])("the finalizer stays when %s", async (_case, controller) => {
    const kube = await deleted([finalizer]);
    await runOn(kube, controller);
    expect((await stored(kube)).metadata.finalizers).toEqual([finalizer]);
  });

  test("an object without our finalizer is left alone", async () => {
    const kube = await deleted(["other/finalizer"]);
    const controller = copier({ observe: () => Promise.reject(new Error("observed")) });
    expect(await runOn(kube, controller)).toMatchObject({ result: "success", verbs: [] });
  });

  test("an object that lives keeps its finalizer whatever the controller says", async () => {
    const kube = await kubeWith(widget(finalized));
    await runOn(kube, copier({ reconcile: () => ({ finalized: true }) }));
    expect((await stored(kube)).metadata.finalizers).toEqual([finalizer]);
  });
});

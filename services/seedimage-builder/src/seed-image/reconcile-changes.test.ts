import { annotations, type Pod } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { service } from "../objects/service.ts";
import { options, seedImage } from "../testing/objects.ts";
import { available, building, decide, name, none, stored } from "../testing/observed.ts";
import { reconcileSeedImage } from "./reconcile.ts";

describe("changes", () => {
  const serving = (spec: Parameters<typeof seedImage>[0] = {}) => {
    const { metadata } = building().image;
    return { ...building("Running"), image: { ...available(spec), metadata } };
  };

  test.each([
    ["C-095 another base image", { baseImage: "https://images.example/other.iso" }],
    ["another cloud-config", { "cloud-config": { users: [] } }],
    ["another life time", { cleanupAfterMinutes: 5 }],
  ])("%s: the old Pod goes, the image is not available", (_, spec) => {
    const decision = decide(serving(spec));
    expect(decision.does).toEqual(["delete Pod"]);
    expect(decision.says["SeedImageReady"]).toBe("False SeedImageBuildNotStarted");
    expect(decision.status).not.toHaveProperty("downloadToken");
    expect(decision.status).not.toHaveProperty("downloadURL");
  });

  test("C-095 once it is gone the ConfigMap is brought up to date in place and a new Pod made", () => {
    const decision = decide({ ...serving({ baseImage: "https://images.example/other.iso" }), pod: undefined });
    expect(decision.does).toEqual(["patch ConfigMap", "create Pod"]);
    const patch = decision.operations?.[0];
    expect(patch).toMatchObject({
      patch: {
        body: { data: { "base-image": "https://images.example/other.iso" }, metadata: { resourceVersion: "7" } },
      },
    });
  });

  test.each([
    ["lost", { pod: undefined }, ["patch ConfigMap", "create Pod"], "False SeedImageBuildOngoing"],
    ["failed", { pod: building("Failed").pod }, ["delete Pod"], "False SeedImageBuildNotStarted"],
  ])("a serving Pod that is %s is replaced", (_, change, does, says) => {
    const decision = decide({ ...serving(), ...change });
    expect(decision.does).toEqual(does);
    expect(decision.says["SeedImageReady"]).toBe(says);
    expect(decision.status).not.toHaveProperty("downloadToken");
  });

  test("a ConfigMap somebody changed is mended without a new build", () => {
    const observed = serving();
    const map = { ...observed.configMap, data: { ...observed.configMap?.data, device: "/dev/sdb", extra: "x" } };
    const decision = decide({ ...observed, configMap: map as never });
    expect(decision.does).toEqual(["patch ConfigMap"]);
    expect(decision.operations?.[0]).toMatchObject({ patch: { body: { data: { device: "", extra: null } } } });
    expect(decision.says["SeedImageReady"]).toBe("True SeedImageBuildSuccess");
  });

  test("a Pod whose image has another name than the ConfigMap says would never be found: it is replaced", () => {
    const observed = serving();
    const map = { ...observed.configMap, data: { ...observed.configMap?.data, "output-name": "other.iso" } };
    expect(decide({ ...observed, configMap: map as never }).does).toEqual(["delete Pod"]);
  });

  test("C-094 retriggerBuild: forget first, delete what is there, take the order back last", () => {
    const decision = decide(serving({ retriggerBuild: true }));
    expect(decision.does).toEqual([
      "patchStatus SeedImage",
      "delete Pod",
      "delete Service",
      "delete ConfigMap",
      "patch SeedImage",
    ]);
    expect(decision.operations?.[0]).toMatchObject({
      patch: { body: { status: { conditions: [], downloadToken: null, downloadURL: null, checksumURL: null } } },
    });
    expect(decision.operations?.[4]).toMatchObject({ patch: { body: { spec: { retriggerBuild: false } } } });
    expect(decision.status).toBeUndefined();
  });

  test("an image being deleted is left to the garbage collection", () => {
    const { metadata } = building().image;
    const image = { ...seedImage(), metadata: { ...metadata, deletionTimestamp: "2026-01-31T10:20:00Z" } };
    expect(reconcileSeedImage({ ...building(), image }, new Date(), options)).toEqual({});
  });
});

describe("children of others", () => {
  const foreign = { ownerReferences: [] };
  const other = (uid: string, owner = "SeedImage") => ({
    ownerReferences: [{ apiVersion: "x", kind: owner, name: "fire", uid, controller: true }],
  });

  test.each(["pod", "configMap"] as const)("C-097 a foreign %s is not touched", (child) => {
    const observed = building("Running");
    const decision = decide({ ...observed, [child]: stored(observed[child] as Pod, foreign) });
    expect(decision.does).toEqual([]);
    expect(decision.says).toEqual({ Ready: "False PodCreationFailure" });
    expect(decision.messages["Ready"]).toBe(
      `${child.toLowerCase()} already exists and was not created by this controller`,
    );
    expect(decision.error).toBeInstanceOf(Error);
  });

  test("C-097 a foreign Service is not touched, but the Pod is made first", () => {
    const observed = building();
    const taken = stored(service(seedImage()), foreign);
    const decision = decide({ ...observed, ...none, service: taken });
    expect(decision.does).toEqual(["create ConfigMap", "create Pod"]);
    expect(decision.says["Ready"]).toBe("False ServiceCreationFailure");
    expect(decision.error).toBeInstanceOf(Error);
  });

  test.each(["pod", "service"] as const)("C-097 retriggering does not delete a foreign %s", (child) => {
    const observed = building("Running", seedImage({ retriggerBuild: true }));
    const decision = decide({ ...observed, [child]: stored(observed[child] as Pod, foreign) });
    expect(decision.does).toEqual([]);
    expect(decision.error).toBeInstanceOf(Error);
  });

  test("children of a SeedImage of this name that was restored under another UID are taken over", () => {
    const observed = building("Running");
    const decision = decide({
      ...observed,
      pod: stored(observed.pod as Pod, other("old-uid")),
      configMap: stored(observed.configMap as never, other("old-uid")),
      service: stored(observed.service as never, other("old-uid")),
    });
    expect(decision.does).toEqual(["patch ConfigMap", "patch Pod", "patch Service"]);
    for (const operation of decision.operations ?? []) {
      expect(operation).toMatchObject({ patch: { body: { metadata: { ownerReferences: [{ uid: "image-uid" }] } } } });
    }
  });

  test("a Pod of the reference is followed as long as its base image is right", () => {
    const observed = building("Running");
    const notes = { [annotations.baseImage]: observed.image.spec?.baseImage ?? "" };
    const legacy = stored(observed.pod as Pod, { annotations: notes });
    expect(decide({ ...observed, pod: legacy }).status?.downloadURL).toContain(name);
    const changed = stored(observed.pod as Pod, { annotations: { [annotations.baseImage]: "old" } });
    expect(decide({ ...observed, pod: changed }).does).toEqual(["delete Pod"]);
  });

  test("a Service of the reference is led to our port", () => {
    const observed = building("Running");
    const legacy = { ...observed.service, spec: { ports: [{ port: 80, targetPort: 80 }] } };
    expect(decide({ ...observed, service: legacy as never }).operations).toMatchObject([
      { kind: "patch", patch: { body: { spec: { ports: [{ port: 80, targetPort: "http" }] } } } },
    ]);
  });
});

import { annotations, type Pod } from "@elemental/api";
import { describe, expect, test } from "vitest";
import { registration, seedImage, serverUrl } from "../testing/objects.ts";
import {
  available,
  building,
  decide,
  download,
  expired,
  freshToken,
  name,
  none,
  server,
  stored,
} from "../testing/observed.ts";

const created = "True ResourcesSuccessfullyCreated";

describe("building", () => {
  test("C-081 nothing there: ConfigMap, Pod and Service, in this order", () => {
    const decision = decide({ ...building(), ...none });
    expect(decision.does).toEqual(["create ConfigMap", "create Pod", "create Service"]);
    expect(decision.says).toEqual({ SeedImageReady: "False SeedImageBuildOngoing", Ready: created });
    expect(decision.messages).toEqual({
      SeedImageReady: "seed image build started",
      Ready: "resources created successfully",
    });
    expect(decision.status?.state).toBe("Started");
    expect(decision.events).toEqual([
      { type: "Normal", reason: "SeedImageBuildOngoing", message: "seed image build started" },
    ]);
  });

  test("the Pod and the ConfigMap agree on the name of the image, which has the time of the build", () => {
    const [map, pod] = decide({ ...building(), ...none }).operations ?? [];
    const expected = "fire-nodes-20260131T102030Z.iso";
    expect(map).toMatchObject({ object: { data: { "output-name": expected } } });
    expect(pod).toMatchObject({
      action: { object: { metadata: { annotations: { [annotations.outputName]: expected } } } },
    });
  });

  test("the registration becomes an owner before anything else", () => {
    const observed = building();
    const [owner] = decide({ ...observed, image: seedImage() }).operations ?? [];
    expect(owner).toMatchObject({
      kind: "patch",
      patch: { body: { metadata: { ownerReferences: [{ kind: "MachineRegistration", uid: "registration-uid" }] } } },
    });
    expect(JSON.stringify(owner)).not.toContain('"controller"');
  });

  test("a settled Pending Pod needs nothing", () => {
    expect(decide(building())).toMatchObject({
      does: [],
      says: { SeedImageReady: "False SeedImageBuildOngoing", Ready: created },
      messages: { SeedImageReady: "seed image build ongoing" },
    });
  });

  test("an obstacle of a container is told", () => {
    const observed = building();
    const waiting = { reason: "ErrImagePull", message: "no such image" };
    const status = { phase: "Pending" as const, initContainerStatuses: [{ name: "build", state: { waiting } }] };
    const pod = { ...observed.pod, status } as Pod;
    expect(decide({ ...observed, pod }).messages["SeedImageReady"]).toBe(
      "seed image build ongoing: container build: no such image",
    );
  });

  test("C-092 a failed build stays failed, and says why", () => {
    const observed = building("Failed");
    const terminated = { exitCode: 1, message: "downloading\nerror: https://x: the server answered 404\n" };
    const status = { phase: "Failed" as const, initContainerStatuses: [{ name: "build", state: { terminated } }] };
    const decision = decide({ ...observed, pod: { ...observed.pod, status } as Pod });
    expect(decision.does).toEqual([]);
    expect(decision.says["SeedImageReady"]).toBe("False SeedImageBuildFailure");
    expect(decision.messages["SeedImageReady"]).toBe("pod failed: container build: https://x: the server answered 404");
    expect(decision.events?.[0]?.type).toBe("Warning");
  });

  test("an unknown phase is told", () => {
    expect(decide(building("Unknown")).says["SeedImageReady"]).toBe("Unknown SeedImageBuildUnknown");
  });

  test("a Pod that goes is waited for", () => {
    const observed = building("Running");
    const pod = stored(observed.pod as Pod, { deletionTimestamp: "2026-01-31T10:20:00Z" });
    expect(decide({ ...observed, pod, image: available() })).toMatchObject({
      does: ["patch SeedImage"],
      says: { SeedImageReady: "False SeedImageBuildNotStarted" },
      messages: { SeedImageReady: "wait old builder Pod termination" },
      status: { state: "NotStarted" },
    });
  });
});

describe("registration", () => {
  test.each([
    ["missing", undefined, "MachineRegistration fleet-default/fire-nodes not found"],
    ["elsewhere", "other", "MachineRegistration other/fire-nodes is in another namespace"],
  ])("C-082 %s", (_, namespace, why) => {
    const image = seedImage({ registrationRef: { name: "fire-nodes", ...(namespace && { namespace }) } });
    const decision = decide({ ...building(), ...none, image, registration: undefined });
    expect(decision.does).toEqual([]);
    expect(decision.says).toEqual({ Ready: "False RegistrationNotFound" });
    expect(decision.messages["Ready"]).toBe(`failed to set seedimage owner: ${why}`);
  });

  test("C-083 not ready: nothing is built", () => {
    const { status: _, ...notReady } = registration();
    const decision = decide({ ...building(), ...none, registration: notReady });
    expect(decision.does).toEqual([]);
    expect(decision.says).toEqual({ Ready: "False PodCreationFailure" });
    expect(decision.messages["Ready"]).toContain("machine registration is not ready");
  });
});

describe("serving", () => {
  test("C-091 a running Pod makes the image available under a new token", () => {
    const decision = decide(building("Running"));
    expect(decision.says).toEqual({ SeedImageReady: "True SeedImageBuildSuccess", Ready: created });
    expect(decision.status).toMatchObject({
      downloadToken: freshToken,
      downloadURL: `${serverUrl}/elemental/seedimage/${freshToken}/${name}`,
      checksumURL: `${serverUrl}/elemental/seedimage/${freshToken}/${name}.sha256`,
      state: "Completed",
    });
    expect(decision.messages["SeedImageReady"]).toBe("seed image iso available");
  });

  test("a Pod that does not serve yet is still building; one that is not ready for a while stays available", () => {
    const observed = building("Running");
    const containerStatuses = [{ name: "serve", ready: false, state: { running: {} } }];
    const pod = { ...observed.pod, status: { phase: "Running" as const, containerStatuses } } as Pod;
    expect(decide({ ...observed, pod }).says["SeedImageReady"]).toBe("False SeedImageBuildOngoing");
    expect(decide({ ...observed, pod, image: available() }).status).toMatchObject(download);
  });

  test("an available image keeps its token, and settles", () => {
    const { metadata } = building().image;
    const observed = { ...building("Running"), image: { ...available(), metadata } };
    const decision = decide(observed);
    expect(decision).toMatchObject({ does: [], status: download, events: [] });
    const again = decide({ ...observed, image: { ...observed.image, status: decision.status } });
    expect(again.status).toEqual(decision.status);
  });

  test("the URL follows the server's", () => {
    const moved = { ...server, serverUrl: "https://moved.example" };
    const { status } = decide({ ...building("Running"), image: available(), server: moved });
    expect(status?.downloadURL).toBe(`https://moved.example/elemental/seedimage/${download.downloadToken}/${name}`);
  });

  test("without a server URL it is looked at again", () => {
    const decision = decide({ ...building("Running"), server: { ...server, serverUrl: undefined } });
    expect(decision.says).toEqual({
      SeedImageReady: "False SeedImageExposeFailure",
      Ready: "False PodCreationFailure",
    });
    expect(decision.requeueAfterMs).toBeGreaterThan(0);
  });

  test("C-093 at the end of its life Pod and Service go, and the token tells that it was there", () => {
    const { metadata } = building().image;
    const decision = decide({ ...building("Succeeded"), image: { ...available(), metadata } });
    expect(decision.does).toEqual(["delete Pod", "delete Service"]);
    expect(decision.says).toEqual({ SeedImageReady: "True SeedImageBuildDeadline", Ready: created });
    expect(decision.status?.downloadToken).toBe(download.downloadToken);
    expect(decision.status?.downloadURL).toBeUndefined();
    expect(decision.status?.checksumURL).toBeUndefined();
  });

  test("C-093 after it nothing is created again", () => {
    const { metadata } = building().image;
    const decision = decide({ ...building(), ...none, image: { ...expired(), metadata } });
    expect(decision.does).toEqual([]);
    expect(decision.says).toEqual({ SeedImageReady: "True SeedImageBuildDeadline", Ready: created });
  });

  test("a node out of sight leaves the URL", () => {
    expect(decide({ ...building("Unknown"), image: available() }).status).toMatchObject(download);
  });
});

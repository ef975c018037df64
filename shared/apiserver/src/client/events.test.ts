import { expect, test } from "vitest";
import { memoryApi } from "../testing/loopback.ts";
import { eventRecorder } from "./events.ts";
import { collections } from "./kinds.ts";

test("a repeated Event is counted, another one is written beside it", async () => {
  const { loopback, close } = await memoryApi(["test"]);
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "test", uid: "u" } };
  const recorder = eventRecorder(loopback, "kubelet", "standalone");
  for (const message of ["same", "other", "same", "same"]) {
    recorder.record(pod, { type: "Normal", reason: "Pulled", message, fieldPath: "spec.containers{c}" });
  }
  await recorder.flush();
  const events = await loopback.list(collections.events, "test");
  expect(events).toHaveLength(2);
  expect(events).toEqual(
    expect.arrayContaining([
      expect.objectContaining({
        message: "same",
        count: 3,
        involvedObject: expect.objectContaining({ kind: "Pod", name: "p", fieldPath: "spec.containers{c}" }),
        source: { component: "kubelet", host: "standalone" },
      }),
      expect.objectContaining({ message: "other", count: 1 }),
    ]),
  );
  close();
});

test("an Event that cannot be written is dropped", async () => {
  const { loopback, close } = await memoryApi();
  const recorder = eventRecorder(loopback, "kubelet");
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name: "p", namespace: "gone" } };
  recorder.record(pod, { type: "Normal", reason: "Pulled", message: "x" });
  await recorder.flush();
  expect(await loopback.list(collections.events, "")).toEqual([]);
  close();
});

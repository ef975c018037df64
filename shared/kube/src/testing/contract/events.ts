import { configMaps, type Event, events as eventType } from "@elemental/api";
import { beforeEach, describe, expect, test } from "vitest";
import type { Kube } from "../../ports.ts";
import { configMap } from "./kinds.ts";
import { uniqueName } from "./names.ts";

/** EventRecorder: what `kubectl describe` shows afterwards. */
export function eventRecording(kubeOf: () => Kube, namespaceOf: () => string): void {
  let kube: Kube;
  let namespace: string;
  beforeEach(() => {
    kube = kubeOf();
    namespace = namespaceOf();
  });

  describe("events", () => {
    const eventsOf = async (uid: string | undefined): Promise<Event[]> =>
      (await kube.list(eventType, { namespace, fieldSelector: `involvedObject.uid=${uid}` })).items;

    test("the same event again is a count, another one an Event of its own", async () => {
      const object = await kube.create(configMaps, configMap(namespace, uniqueName("e")));
      for (let i = 0; i < 3; i += 1) {
        kube.events.record(object, { type: "Warning", reason: "Broken", message: "It is broken." });
        await kube.events.flush();
      }
      kube.events.record(object, { type: "Normal", reason: "Mended", message: "It works." });
      await kube.events.flush();
      const events = await eventsOf(object.metadata.uid);
      const texts = events.map(({ type, reason, message, count }) => `${type} ${reason} ${message} ${count}`);
      expect(texts.sort()).toEqual(["Normal Mended It works. 1", "Warning Broken It is broken. 3"]);
      expect(events[0]?.involvedObject).toMatchObject({ kind: "ConfigMap", name: object.metadata.name, namespace });
    });

    test("secrets do not reach an Event", async () => {
      const object = await kube.create(configMaps, configMap(namespace, uniqueName("e")));
      const message = "GET https://x/elemental/registration/s3cr3t-token failed; Authorization: Bearer abc.def";
      kube.events.record(object, { type: "Warning", reason: "Failed", message });
      await kube.events.flush();
      const [event] = await eventsOf(object.metadata.uid);
      expect(event?.message).toContain("/elemental/registration/<token> failed");
      expect(event?.message).not.toMatch(/s3cr3t|abc\.def/);
    });

    test("one object cannot write without bound", async () => {
      const object = await kube.create(configMaps, configMap(namespace, uniqueName("e")));
      for (let i = 0; i < 100; i += 1) kube.events.record(object, { type: "Normal", reason: "Busy", message: `${i}` });
      await kube.events.flush();
      expect(await eventsOf(object.metadata.uid)).toHaveLength(25);
    });
  });
}

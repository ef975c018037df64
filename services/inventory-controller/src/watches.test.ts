import { secrets } from "@elemental/api";
import type { Watcher } from "@elemental/kube";
import { memoryKube } from "@elemental/kube/testing";
import { expect, it } from "vitest";
import { startAccessWatches } from "./machine-registration/controller.ts";
import { startWatches } from "./watches.ts";

it("D-02 Secrets are watched by their type only, never all of a cluster", async () => {
  const kube = memoryKube();
  const selections: (string | undefined)[] = [];
  const watcher: Watcher = {
    inform(type, options) {
      if (type.plural === secrets.plural) selections.push(options?.fieldSelector);
      return kube.inform(type, options);
    },
  };
  startWatches(watcher);
  startAccessWatches(watcher);
  expect(selections).toEqual(["type=elemental.cattle.io/plan", "type=kubernetes.io/service-account-token"]);
  await kube.close();
});

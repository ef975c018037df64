import { expect, test } from "vitest";
import { inventory, ownedBy, selector } from "../testing/objects.ts";
import { FreeInventories } from "./free-inventories.ts";
import { OverlookedInventories } from "./overlooked.ts";
import { WaitingSelectors } from "./waiting-selectors.ts";

test("C-055 a selector is woken for an inventory that stayed free, once in a while", () => {
  let now = 0;
  const free = new FreeInventories();
  const waiting = new WaitingSelectors(() => now);
  const overlooked = new OverlookedInventories(free, waiting, () => now);
  const wokenAt = (at: number) => {
    now = at;
    return overlooked.selectorsToWake().map(({ name }) => name);
  };
  const machine = inventory("m");
  free.apply({ previous: undefined, current: machine });
  expect(wokenAt(0)).toEqual([]);
  waiting.apply({ previous: undefined, current: selector("s") });
  expect([wokenAt(1_000), wokenAt(1_400), wokenAt(1_500), wokenAt(2_000)]).toEqual([[], [], ["s"], []]);
  waiting.ran({ namespace: "fleet-default", name: "s" });
  expect([wokenAt(6_000), wokenAt(6_500)]).toEqual([[], ["s"]]);
  const taken = inventory("m", { metadata: { ownerReferences: [ownedBy("s")] } });
  free.apply({ previous: machine, current: taken });
  waiting.ran({ namespace: "fleet-default", name: "s" });
  expect(wokenAt(20_000)).toEqual([]);
});

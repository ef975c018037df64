import type { MachineAddress, MachineInventorySelector } from "@elemental/api";
import { expect, test } from "vitest";
import { inventory, selector } from "../testing/objects.ts";
import { addresses } from "./addresses.ts";

const labels = {
  "elemental.cattle.io/ExternalIP": "192.0.2.1",
  "elemental.cattle.io/InternalIP": "10.0.0.1",
  "elemental.cattle.io/Hostname": "n1",
};
const published: MachineAddress[] = [{ type: "InternalIP", address: "10.9.9.9" }];
const having = (spec: MachineInventorySelector["spec"], current?: MachineAddress[]) =>
  selector("s", { spec, ...(current && { status: { addresses: current } }) });

test.each([
  [
    "C-075 all three labels",
    having({}),
    labels,
    [
      { type: "ExternalIP", address: "192.0.2.1" },
      { type: "InternalIP", address: "10.0.0.1" },
      { type: "Hostname", address: "n1" },
    ],
  ],
  [
    "D-16 an older list is replaced",
    having({}, published),
    { ...labels, "elemental.cattle.io/ExternalIP": "" },
    [
      { type: "InternalIP", address: "10.0.0.1" },
      { type: "Hostname", address: "n1" },
    ],
  ],
  ["no labels", having({}), {}, undefined],
  ["no labels, addresses of somebody else", having({}, published), {}, published],
  ["C-076 with a providerID", having({ providerID: "rke2://n1" }, published), labels, published],
])("%s", (_case, object, own, expected) => {
  expect(addresses(object, inventory("m", { metadata: { labels: own } }))).toEqual(expected);
});

import { expect, test } from "vitest";
import { selector } from "../testing/objects.ts";
import { waitingMessage } from "./waiting-message.ts";

test.each([
  [{}, "waiting for a free MachineInventory in namespace fleet-default"],
  [{ matchLabels: { site: "a", rack: "1" } }, /with the labels site=a, rack=1$/],
  [
    {
      matchExpressions: [
        { key: "site", operator: "In", values: ["a", "b"] },
        { key: "gpu", operator: "Exists" },
      ],
    },
    /with the labels site In \(a, b\), gpu Exists$/,
  ],
])("says what a selector with %j waits for", (labels, message) => {
  expect(waitingMessage(selector("s", { spec: { selector: labels } }))).toMatch(message);
});

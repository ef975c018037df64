import { type SeedImage, seedImages } from "@elemental/api";
import type { TestDoor } from "./test-door.ts";

export const token = "b".repeat(54);
export const file = "fire-nodes-20250131T100000Z.iso";

type Condition = NonNullable<NonNullable<SeedImage["status"]>["conditions"]>[number];

/** Stores a seed image whose download has that `token` and `file`. */
export async function offer(
  door: TestDoor,
  condition: Pick<Condition, "status" | "reason">,
  status: SeedImage["status"] = {},
) {
  const metadata = { namespace: "fleet-default", name: "img" };
  const spec = { registrationRef: { name: "r" } };
  await door.kube.create(seedImages, { apiVersion: "elemental.cattle.io/v1beta1", kind: "SeedImage", metadata, spec });
  const seedImageReady = {
    type: "SeedImageReady",
    message: "",
    lastTransitionTime: "2026-01-01T00:00:00Z",
    ...condition,
  };
  const url = `https://rancher.example.com/elemental/seedimage/${token}/${file}`;
  const offered = {
    downloadToken: token,
    downloadURL: url,
    checksumURL: `${url}.sha256`,
    conditions: [seedImageReady],
    ...status,
  };
  await door.kube.patchStatus(seedImages, metadata, { type: "merge", body: { status: offered } });
}

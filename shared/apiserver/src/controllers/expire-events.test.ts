import { expect, test } from "vitest";
import { collections } from "../client/kinds.ts";
import { memoryApi } from "../testing/loopback.ts";
import { deleteExpired } from "./expire-events.ts";

const now = new Date("2026-01-01T12:00:00Z");
const old = "2026-01-01T10:59:59Z";
const recent = "2026-01-01T11:00:01Z";

test.each([
  ["happened more than an hour ago", { lastTimestamp: old }, 0],
  ["happened within the hour", { firstTimestamp: old, lastTimestamp: recent }, 1],
  ["has only an eventTime, long ago", { eventTime: "2026-01-01T10:00:00.000000Z" }, 0],
  [
    "is a series that goes on",
    {
      eventTime: `${old.slice(0, -1)}.000000Z`,
      series: { count: 2, lastObservedTime: `${recent.slice(0, -1)}.000000Z` },
    },
    1,
  ],
])("an Event that %s", async (_what, times, left) => {
  const { loopback, close } = await memoryApi(["test"]);
  const event = {
    ...{ apiVersion: "v1", kind: "Event", metadata: { name: "e", namespace: "test" } },
    involvedObject: { kind: "Pod", namespace: "test", name: "p" },
    ...{
      reason: "Pulled",
      message: "x",
      type: "Normal",
      action: "a",
      reportingComponent: "test.example/t",
      reportingInstance: "i",
    },
    ...times,
  };
  const created = await loopback.create(collections.events, event);
  // Its creation counts as well; seen from far enough in the future only its own times can keep it.
  const shift = Date.parse(created.metadata.creationTimestamp ?? "") - now.getTime();
  expect(shift).toBeGreaterThan(0);
  await deleteExpired(
    { ...loopback, list: async (...args) => (await loopback.list(...args)).map(withoutCreation) },
    now,
  );
  expect(await loopback.list(collections.events, "test")).toHaveLength(left);
  close();
});

function withoutCreation<T extends { metadata: object }>(event: T): T {
  return { ...event, metadata: { ...event.metadata, creationTimestamp: "2026-01-01T00:00:00Z" } };
}

import type { KubeObject } from "@elemental/api";
import { collections } from "../client/kinds.ts";
import { isRefused, keyOf } from "../client/mutate.ts";
import type { Loopback } from "../loopback.ts";
import type { ControllerContext, Stop } from "./controller.ts";

/** How long Kubernetes keeps an Event after it last happened. */
export const eventLifeMs = 3_600_000;
const sweepMs = 60_000;

interface Event extends KubeObject {
  lastTimestamp?: string | null;
  eventTime?: string | null;
  series?: { lastObservedTime?: string };
}

/** Deletes Events an hour after they last happened. */
export function expireEvents({ loopback, onError }: ControllerContext): Stop {
  const sweep = () => deleteExpired(loopback, new Date()).catch((error) => onError(error, "delete old Events"));
  let sweeping = sweep();
  const timer = setInterval(() => {
    sweeping = sweep();
  }, sweepMs);
  return async () => {
    clearInterval(timer);
    await sweeping;
  };
}

/** Deletes the Events that are too old at `now`. */
export async function deleteExpired(loopback: Loopback, now: Date): Promise<void> {
  const oldest = now.getTime() - eventLifeMs;
  for (const event of (await loopback.list(collections.events, "")) as Event[]) {
    if (lastSeen(event) >= oldest) continue;
    try {
      await loopback.delete(collections.events, keyOf(event));
    } catch (error) {
      if (!isRefused(error, "NotFound")) throw error;
    }
  }
}

function lastSeen({ metadata, lastTimestamp, eventTime, series }: Event): number {
  const times = [metadata.creationTimestamp, lastTimestamp, eventTime, series?.lastObservedTime];
  return Math.max(0, ...times.flatMap((time) => (time ? Date.parse(time) : [])));
}

import { kubeTime } from "@elemental/api";
import type { Operation } from "@elemental/controller";
import type { EventInput } from "@elemental/kube";
import type { ObservedChannel } from "./observe.ts";
import { type Payload, parsePayload } from "./payload.ts";
import { applyPayload, isOfChannel } from "./versions.ts";

type Success = { operations: Operation[]; message: string; events: EventInput[]; cause?: undefined };

/** A list that is wrong throughout must not flood conditions and Events. */
const maxShownProblems = 10;

/** What the list of a succeeded Pod means for the versions, or the cause why it is refused as a whole. */
export function succeed(observed: ObservedChannel, now: Date): Success | { cause: string } {
  try {
    return apply(observed, parsePayload(observed.payload ?? "", observed.channel.spec?.registry), now);
  } catch (error) {
    return { cause: error instanceof Error ? error.message : String(error) };
  }
}

function apply({ channel, versions }: ObservedChannel, payload: Payload, now: Date): Success | { cause: string } {
  // An empty list is far more likely a broken channel than one that withdraws everything.
  if (payload.names.size === 0 && versions.some((version) => isOfChannel(version, channel))) {
    return { cause: "the channel's list is empty, its versions are kept" };
  }
  const { operations, problems } = applyPayload(channel, payload, versions, kubeTime(now));
  const found = [...payload.problems, ...problems];
  const shown = found.slice(0, maxShownProblems);
  const more = found.length > shown.length ? "; ..." : "";
  const summary = found.length === 0 ? "" : `; ${found.length} with problems: ${shown.join("; ")}${more}`;
  return {
    operations,
    message: `successfully loaded channel data${summary}`,
    events: shown.map((problem) => ({ type: "Warning", reason: "EntrySkipped", message: problem })),
  };
}

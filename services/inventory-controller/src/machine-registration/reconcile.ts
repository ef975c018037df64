import {
  type ConditionInput,
  conditionTypes,
  finalizers,
  isTrue,
  type MachineRegistration,
  machineRegistrations,
  objectKey,
  pruneInvalid,
  reasons,
  setCondition,
} from "@elemental/api";
import type { Operation, Outcome } from "@elemental/controller";
import type { EventInput } from "@elemental/kube";
import { decideAccess } from "./access.ts";
import type { ObservedRegistration } from "./observed.ts";
import { minStaticTokenLength, rivalFor, tokenStatus } from "./token.ts";

type Status = NonNullable<MachineRegistration["status"]>;
type Verdict = Omit<ConditionInput, "type">;

const reason = reasons.machineRegistration;
/** A token Secret that is not filled wakes the controller when it is; this is for clusters without that event. */
const tokenPollMs = 30_000;

/** Decides about a MachineRegistration (resources-and-controllers 2.1 with its hardening). */
export function reconcileRegistration(observed: ObservedRegistration, now: Date): Outcome<Status> {
  const { registration, token } = observed;
  if (registration.metadata.deletionTimestamp) return { operations: releaseLegacyFinalizer(registration) };
  const rival = rivalFor(registration, token, observed.holders);
  if (rival) {
    const message = `token "${token}" is already in use by ${nameOf(rival)}: duplicate token`;
    const { tokenRevision, retiredTokens } = registration.status ?? {};
    const kept = { ...(tokenRevision && { tokenRevision }), ...(retiredTokens && { retiredTokens }) };
    return failure(observed, now, { reason: reason.duplicateToken, message }, kept);
  }
  const tokens = tokenStatus(registration, token, now);
  const url = registrationUrl(observed);
  if ("problem" in url) {
    const message = `failed to get the server url: ${url.problem}`;
    return failure(observed, now, { reason: reason.missingTokenOrServerURL, message }, tokens);
  }
  return withAccess(observed, now, { ...tokens, registrationURL: url.url });
}

function withAccess(observed: ObservedRegistration, now: Date, published: Published): Outcome<Status> {
  const { registration, access } = observed;
  const decision = decideAccess(observed);
  if ("problem" in decision) {
    return failure(observed, now, { reason: reason.rbacCreationFailure, message: decision.problem }, published);
  }
  const { namespace, name } = objectKey(registration);
  const details = { ...published, serviceAccountRef: { kind: "ServiceAccount", namespace, name } };
  const { operations } = decision;
  const events = [...warnings(observed), ...rotationEvent(observed, published)];
  if (!access.tokenSecret?.data?.["token"]) {
    const message = `failed to create secret: the cluster has not filled Secret ${namespace}/${name}-token yet`;
    const verdict = { status: "False", reason: reason.rbacCreationFailure, message } as const;
    return { operations, events, status: statusOf(observed, now, verdict, details), requeueAfterMs: tokenPollMs };
  }
  const status = statusOf(observed, now, { status: "True", reason: reason.created }, details);
  return { operations, status, events: [...events, ...readyEvent(registration)] };
}

type Published = Pick<Status, "registrationToken" | "registrationURL" | "tokenRevision" | "retiredTokens">;

/** A stored URL outlives the loss of the setting, but not a change of the token. */
function registrationUrl({
  registration,
  token,
  serverUrl,
}: ObservedRegistration): { url: string } | { problem: string } {
  if ("url" in serverUrl) return { url: `${serverUrl.url.replace(/\/+$/, "")}/elemental/registration/${token}` };
  const { registrationToken, registrationURL } = registration.status ?? {};
  return registrationURL && registrationToken === token ? { url: registrationURL } : serverUrl;
}

function failure(
  observed: ObservedRegistration,
  now: Date,
  { reason, message }: { reason: string; message: string },
  published: Published,
): Outcome<Status> {
  const { registration } = observed;
  const { serviceAccountRef } = registration.status ?? {};
  const verdict = { status: "False", reason, message } as const;
  const status = statusOf(observed, now, verdict, { ...published, ...(serviceAccountRef && { serviceAccountRef }) });
  // The condition's message may show the token to those who may read it; errors end up in logs.
  const error = new Error(`MachineRegistration ${nameOf(registration)} is not ready: ${reason}`);
  return { status, error };
}

function statusOf(
  observed: ObservedRegistration,
  now: Date,
  verdict: Verdict,
  details: Omit<Status, "conditions">,
): Status {
  const { metadata, status } = observed.registration;
  const conditions = setCondition(
    pruneInvalid(status?.conditions),
    { type: conditionTypes.ready, ...verdict },
    { now, generation: metadata.generation },
  );
  return { ...details, conditions };
}

function releaseLegacyFinalizer(registration: MachineRegistration): Operation[] {
  const { finalizers: present = [], resourceVersion } = registration.metadata;
  if (!present.includes(finalizers.legacyMachineRegistration)) return [];
  const left = present.filter((finalizer) => finalizer !== finalizers.legacyMachineRegistration);
  const body = { metadata: { finalizers: left, resourceVersion } };
  const key = objectKey(registration);
  return [{ kind: "patch", type: machineRegistrations, key, patch: { type: "merge", body } }];
}

function warnings({ registration, token }: ObservedRegistration): EventInput[] {
  const isNew = registration.status?.registrationToken !== token;
  if (!isNew || token !== registration.spec?.token || token.length >= minStaticTokenLength) return [];
  const message = `spec.token is shorter than ${minStaticTokenLength} characters and can be guessed; it is a secret`;
  return [{ type: "Warning", reason: "ShortToken", message }];
}

/** The token itself is in the status; an Event tells only that there is another one. */
function rotationEvent({ registration, token }: ObservedRegistration, { retiredTokens }: Published): EventInput[] {
  const before = registration.status?.registrationToken;
  const [latest] = retiredTokens ?? [];
  if (!before || before === token || latest === undefined) return [];
  const message = `The registration token was replaced; the one before admits new machines until ${latest.validUntil}`;
  return [{ type: "Normal", reason: "TokenRotated", message }];
}

function readyEvent(registration: MachineRegistration): EventInput[] {
  if (isTrue(registration.status?.conditions, conditionTypes.ready)) return [];
  return [{ type: "Normal", reason: reason.created, message: "Machines can register at status.registrationURL" }];
}

function nameOf({ metadata }: MachineRegistration): string {
  return `${metadata.namespace}/${metadata.name}`;
}

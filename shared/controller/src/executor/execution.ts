import type { KubeObject } from "@elemental/api";
import { formatKey, objectKey } from "@elemental/api";
import { isKubeError, type Kube } from "@elemental/kube";
import { type Controller, type Outcome, TerminalError } from "../contract.ts";
import { PrimaryWriter } from "./primary-writer.ts";

/** What became of one run. `error` is set when it counts as failed. */
export type Execution =
  | { result: "success" | "conflict" | "gone" }
  | { result: "requeue"; afterMs: number }
  | { result: "error" | "terminal"; error: Error };

export interface ExecutorContext {
  kube: Pick<Kube, "create" | "patch" | "patchStatus" | "apply" | "delete" | "events">;
  now(): Date;
  wrote(verb: string): void;
  /** Told of every version of the object that this run wrote. */
  written(object: KubeObject): void;
  /** Told of a failure that hides behind another one. */
  report(error: unknown): void;
}

type Primary = KubeObject & { status?: unknown };

/**
 * One run of a controller for one object: ensure the finalizer, observe, reconcile, operations up to the first failure,
 * the status in any case, drop the finalizer, events. Never rejects.
 */
export async function execute<P extends Primary, O, X>(
  controller: Controller<P, O, X>,
  context: ExecutorContext,
  object: P,
): Promise<Execution> {
  const writer = new PrimaryWriter(controller, context, object);
  try {
    return await attempt(controller, context, writer);
  } catch (error) {
    // A precondition did not hold: somebody else was first, so decide again from what is there now.
    if (isKubeError(error, "Conflict")) return { result: "conflict" };
    if (isKubeError(error, "NotFound") && writer.lost) return { result: "gone" };
    return failure(error);
  }
}

async function attempt<P extends Primary, O, X>(
  controller: Controller<P, O, X>,
  context: ExecutorContext,
  writer: PrimaryWriter<P, O, X>,
): Promise<Execution> {
  if (writer.isReleased()) return { result: "success" };
  await writer.ensureFinalizer();
  const decided = await decide(controller, context, writer);
  if (!decided.carriedOut) return failWith(controller, context, { writer, error: decided.error });
  const { outcome } = decided;
  await writer.writeStatus(outcome.status);
  if (outcome.finalized && !outcome.error) await writer.dropFinalizer();
  for (const event of outcome.events ?? []) context.kube.events.record(writer.object, event);
  if (outcome.error) return failure(outcome.error);
  if (outcome.requeueAfterMs === undefined || outcome.finalized) return { result: "success" };
  return { result: "requeue", afterMs: outcome.requeueAfterMs };
}

type Decision<P extends Primary, X> =
  | { carriedOut: true; outcome: Outcome<P["status"], X> }
  | { carriedOut: false; error: unknown };

async function decide<P extends Primary, O, X>(
  controller: Controller<P, O, X>,
  context: ExecutorContext,
  writer: PrimaryWriter<P, O, X>,
): Promise<Decision<P, X>> {
  try {
    const observed = await controller.observe(writer.object);
    const outcome = controller.reconcile(observed, context.now());
    if (outcome.statusFirst) await writer.writeStatus(outcome.status);
    for (const operation of outcome.operations ?? []) await writer.apply(operation);
    return { carriedOut: true, outcome };
  } catch (error) {
    if (isKubeError(error, "Conflict") || writer.lost) throw error;
    return { carriedOut: false, error };
  }
}

/** Writes what the controller says of the failure; the failure itself stays the result. */
async function failWith<P extends Primary, O, X>(
  controller: Controller<P, O, X>,
  context: ExecutorContext,
  { writer, error }: { writer: PrimaryWriter<P, O, X>; error: unknown },
): Promise<Execution> {
  const failed = failure(error);
  try {
    await writer.writeStatus(controller.failed?.(writer.object, failed.error, context.now()));
  } catch (second) {
    if (isKubeError(second, "Conflict") || writer.lost) throw second;
    context.report(
      new Error(`The status of ${formatKey(objectKey(writer.object))} was not written`, { cause: second }),
    );
  }
  return failed;
}

function failure(thrown: unknown): { result: "error" | "terminal"; error: Error } {
  const error = thrown instanceof Error ? thrown : new Error(String(thrown));
  return { result: error instanceof TerminalError ? "terminal" : "error", error };
}

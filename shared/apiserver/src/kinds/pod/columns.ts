import type { Column } from "../../resources/resource.ts";
import { ageColumn, column, nameColumn } from "../../table/columns.ts";
import type { ContainerStatus, Pod } from "./spec.ts";

/** The columns of `kubectl get pods`. */
export const podColumns: readonly Column[] = [
  nameColumn,
  column("Ready", readiness, { description: "Ready containers of all containers." }),
  column("Status", statusText, { description: "Phase, or why it is not going well." }),
  column("Restarts", restarts, { description: "How often containers were restarted." }),
  ageColumn,
  column("IP", (pod) => (pod as Pod).status?.podIP || "<none>", { priority: 1, description: "Address of the Pod." }),
  column("Node", (pod) => (pod as Pod).spec?.nodeName || "<none>", { priority: 1, description: "Where it runs." }),
  column("Nominated Node", () => "<none>", { priority: 1, description: "Not used here." }),
  column("Readiness Gates", () => "<none>", { priority: 1, description: "Not used here." }),
];

function readiness(pod: Pod): string {
  const statuses = pod.status?.containerStatuses ?? [];
  return `${statuses.filter(({ ready }) => ready).length}/${pod.spec?.containers?.length ?? 0}`;
}

function restarts(pod: Pod): string {
  const statuses = pod.status?.containerStatuses ?? [];
  return String(statuses.reduce((sum, { restartCount = 0 }) => sum + restartCount, 0));
}

function statusText(pod: Pod): string {
  const { metadata, status = {} } = pod;
  if (metadata.deletionTimestamp) return status.reason === "NodeLost" ? "Unknown" : "Terminating";
  const initializing = initStatus(pod);
  if (initializing) return initializing;
  const problems = (status.containerStatuses ?? []).map(problemOf).filter((problem) => problem !== undefined);
  const isRunning = status.containerStatuses?.some(({ ready, state }) => ready && state?.running) ?? false;
  const problem = problems[0];
  if (problem === "Completed" && isRunning) return isReady(pod) ? "Running" : "NotReady";
  return problem ?? status.reason ?? status.phase ?? "Unknown";
}

function isReady({ status }: Pod): boolean {
  return status?.conditions?.some(({ type, status }) => type === "Ready" && status === "True") ?? false;
}

function initStatus({ spec, status }: Pod): string | undefined {
  const statuses = status?.initContainerStatuses ?? [];
  const index = statuses.findIndex(({ state }) => state?.terminated?.exitCode !== 0);
  const current = statuses[index];
  if (!current) return undefined;
  const { terminated, waiting } = current.state ?? {};
  if (terminated) return `Init:${terminated.reason || endOf(terminated)}`;
  if (waiting?.reason && waiting.reason !== "PodInitializing") return `Init:${waiting.reason}`;
  return `Init:${index}/${spec?.initContainers?.length ?? 0}`;
}

function problemOf({ state }: ContainerStatus): string | undefined {
  if (state?.waiting?.reason) return state.waiting.reason;
  return state?.terminated && (state.terminated.reason || endOf(state.terminated));
}

function endOf({ signal, exitCode }: { signal?: number; exitCode?: number }): string {
  return signal ? `Signal:${signal}` : `ExitCode:${exitCode}`;
}

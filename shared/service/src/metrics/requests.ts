import { Counter, type Registry } from "prom-client";

/** Counts the requests to the API server; the result is what the Kubernetes client takes as `onRequest`. */
export function requestMetrics(registry: Registry): (method: string, resource: string) => void {
  const requests = new Counter({
    name: "elemental_api_requests_total",
    help: "Requests sent to the API server by method and resource",
    labelNames: ["method", "resource"],
    registers: [registry],
  });
  return (method, resource) => requests.inc({ method, resource });
}

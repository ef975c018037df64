import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { startRealApi } from "./real-api.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the kubeconfig of the API under test, with all rights. */
    kubeconfig: string;
    /** Which API it is: `embedded` is ours, `real` a kube-apiserver. */
    apiKind: "embedded" | "real";
  }
}

/** Brings up the Kubernetes API that the *.kube.test.ts suites run against; returns its teardown. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const api = await startRealApi();
  project.provide("kubeconfig", api.kubeconfig);
  project.provide("apiKind", "real");
  return api.stop;
}

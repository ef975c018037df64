import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { startEmbeddedApi } from "./embedded-api.ts";
import { startRealApi } from "./real-api.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the kubeconfig of the API under test, with all rights. */
    kubeconfig: string;
    /** Which API it is: `embedded` is ours, `real` a kube-apiserver. */
    apiKind: "embedded" | "real";
  }
}

/**
 * Brings up the Kubernetes API that the *.kube.test.ts suites run against: ours, or a real kube-apiserver with
 * ELEMENTAL_TEST_API=real. Returns its teardown.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const apiKind = process.env.ELEMENTAL_TEST_API === "real" ? "real" : "embedded";
  const api = await (apiKind === "real" ? startRealApi() : startEmbeddedApi());
  project.provide("kubeconfig", api.kubeconfig);
  project.provide("apiKind", apiKind);
  return api.stop;
}

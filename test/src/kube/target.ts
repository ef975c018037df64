import type {} from "vitest";
import type { TestProject } from "vitest/node";
import { createAccounts } from "./accounts.ts";
import { startEmbeddedApi } from "./embedded-api.ts";
import { startRealApi } from "./real-api.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Path of the kubeconfig of the API under test, with all rights. */
    kubeconfig: string;
    /** Which API it is: `embedded` is ours, `real` a kube-apiserver. */
    apiKind: "embedded" | "real";
    /** Paths of kubeconfigs by service, with the rights of the chart; empty where rights are not enforced. */
    accounts: Record<string, string>;
  }
}

/**
 * Brings up the Kubernetes API that the *.kube.test.ts suites run against: ours, or a real kube-apiserver with
 * ELEMENTAL_TEST_API=real, where each service has its own account. Returns its teardown.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const apiKind = process.env.ELEMENTAL_TEST_API === "real" ? "real" : "embedded";
  const api = await (apiKind === "real" ? startRealApi() : startEmbeddedApi());
  project.provide("kubeconfig", api.kubeconfig);
  project.provide("apiKind", apiKind);
  if (apiKind === "embedded") {
    project.provide("accounts", {});
    return api.stop;
  }
  const accounts = await createAccounts(api.kubeconfig);
  project.provide("accounts", accounts.kubeconfigs);
  return async () => {
    await accounts.remove();
    await api.stop();
  };
}

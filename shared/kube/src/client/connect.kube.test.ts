import { customResourceDefinitionType } from "@elemental/api";
import { inject, vi } from "vitest";
import { isKubeError } from "../errors.ts";
import { widgetDefinition, widgets } from "../testing/contract/kinds.ts";
import { describeKubeContract } from "../testing/contract/suite.ts";
import { connect } from "./connect.ts";

describeKubeContract("connect()", async () => {
  const kube = await connect({
    kubeconfig: inject("kubeconfig"),
    userAgent: "elemental-test",
    fieldManager: "elemental-test",
  });
  await kube.create(customResourceDefinitionType, widgetDefinition).catch((error: unknown) => {
    if (!isKubeError(error, "AlreadyExists")) throw error;
  });
  await vi.waitFor(() => kube.list(widgets), { timeout: 20_000, interval: 100 });
  return kube;
});

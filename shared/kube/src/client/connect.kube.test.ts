import { customResourceDefinitionType } from "@elemental/api";
import { inject, vi } from "vitest";
import { widgetDefinition, widgets } from "../testing/contract/kinds.ts";
import { describeKubeContract } from "../testing/contract/suite.ts";
import { connect } from "./connect.ts";

describeKubeContract("connect()", async () => {
  const kube = await connect({
    kubeconfig: inject("kubeconfig"),
    userAgent: "elemental-test",
    fieldManager: "elemental-test",
  });
  await kube.apply(customResourceDefinitionType, widgetDefinition);
  await vi.waitFor(() => kube.list(widgets), { timeout: 20_000, interval: 100 });
  return kube;
});

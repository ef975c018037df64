import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { type ApiUnderTest, launcherAvailable, startRealApi } from "../kube/real-api.ts";
import { charts, helmMissing, tool } from "./helm.ts";
import { ofKind, render } from "./render.ts";
import { foreignDefinitions } from "./testing/foreign-kinds.ts";
import { valueSets } from "./testing/value-sets.ts";

const facts = new URL("../../facts/reference-crds/", import.meta.url);
const namespace = "cattle-elemental-system";
const release = "elemental-operator-crds";
/** The definitions have one name in a cluster, so this suite needs a cluster that it shares with nobody. */
const why = inject("apiKind") === "real" && launcherAvailable() ? helmMissing : "it needs a kube-apiserver of its own";

describe.skipIf(why !== "")(`the charts on an empty cluster${why && ` (skipped: ${why})`}`, () => {
  let api: ApiUnderTest;
  let directory: string;

  beforeAll(async () => {
    api = await startRealApi();
    directory = await mkdtemp(join(tmpdir(), "elemental-definitions-"));
    const namespaces = [namespace, "fleet-default"];
    const created = namespaces.map((name) => ({ apiVersion: "v1", kind: "Namespace", metadata: { name } }));
    await apply([...created, ...foreignDefinitions]);
  });

  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
    await api?.stop();
  });

  const kubectl = (...args: string[]) => tool("kubectl", args, api.kubeconfig);
  const helm = (...args: string[]) => tool("helm", [...args, "-n", namespace], api.kubeconfig);
  async function apply(items: object[], ...flags: string[]): Promise<string> {
    const file = join(directory, "objects.json");
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    return kubectl("apply", "-f", file, ...flags);
  }

  test("D-48 definitions that are being deleted are waited for, not installed over", async () => {
    const name = "metadata.elemental.cattle.io";
    const held = parse(await readFile(new URL("metadata.yaml", facts), "utf8"));
    await apply([{ ...held, metadata: { ...held.metadata, finalizers: ["test.example/held"] } }]);
    await kubectl("delete", "crd", name, "--wait=false");
    await expect(helm("install", release, charts.definitions)).rejects.toThrow("pending to be removed");
    await kubectl("patch", "crd", name, "--type=merge", "-p", '{"metadata":{"finalizers":null}}');
    await kubectl("wait", "--for=delete", `crd/${name}`, "--timeout=20s");
  });

  test("C-118 the original's definitions are upgraded in place, and their objects stay", async () => {
    const owned = { "meta.helm.sh/release-name": release, "meta.helm.sh/release-namespace": namespace };
    const definitions = await Promise.all(
      (await readdir(facts)).map(async (file) => parse(await readFile(new URL(file, facts), "utf8"))),
    );
    const ofOriginal = definitions.map(({ metadata, ...rest }) => ({
      ...rest,
      metadata: {
        name: metadata.name,
        labels: { ...metadata.labels, "app.kubernetes.io/managed-by": "Helm" },
        annotations: { ...metadata.annotations, ...owned },
      },
    }));
    await apply(ofOriginal);
    await kubectl("wait", "--for=condition=Established", "crd", "--all", "--timeout=30s");
    const apiVersion = "elemental.cattle.io/v1beta1";
    const metadata = { namespace: "fleet-default", name: "kept", finalizers: ["machineinventory.elemental.cattle.io"] };
    await apply([{ apiVersion, kind: "MachineInventory", metadata, spec: { tpmHash: "abc" } }]);
    await helm("install", release, charts.definitions);
    await helm("upgrade", release, charts.definitions);
    const kept = JSON.parse(await kubectl("get", "machineinventory", "kept", "-n", "fleet-default", "-o", "json"));
    expect(kept.spec).toMatchObject({ tpmHash: "abc" });
    expect(kept.metadata.finalizers).toEqual(metadata.finalizers);
  });

  test("D-48 uninstalling waits for the guard, and without its agreement deletes nothing", async () => {
    // No node runs the guard here; npm run test:cluster sees it refuse and agree.
    await expect(helm("uninstall", release, "--timeout", "3s")).rejects.toThrow("timed out");
    expect(await kubectl("get", "machineinventories", "-A", "-o", "name")).toContain("/kept");
    await helm("rollback", release, "2");
    await helm("upgrade", release, charts.definitions, "--set", "forceDelete=true");
  });

  test.each(Object.entries(valueSets))(
    "the API server takes every object of the operator chart with %s",
    async (_, values) => {
      const flags = [
        "--api-versions=management.cattle.io/v3/GlobalRole",
        "--api-versions=management.cattle.io/v3/APIService",
      ];
      const objects = await render(values, { flags });
      expect(ofKind(objects, "Deployment")).toHaveLength(5);
      const answer = await apply(objects, "--server-side", "--dry-run=server");
      expect(answer.trim().split("\n")).toHaveLength(objects.length);
    },
  );

  test("what is uninstalled by agreement is gone", async () => {
    await kubectl(
      "patch",
      "machineinventory",
      "kept",
      "-n",
      "fleet-default",
      "--type=merge",
      "-p",
      '{"metadata":{"finalizers":null}}',
    );
    await helm("uninstall", release, "--wait", "--timeout", "60s");
    expect(await kubectl("get", "crd", "-o", "name")).not.toContain("elemental.cattle.io");
  });
});

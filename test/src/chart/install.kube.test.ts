import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { machineInventories, managedOSVersionChannels, secrets } from "@elemental/api";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { connectToCluster, type TestCluster } from "../kube/cluster.ts";
import { charts, helmMissing, tool } from "./helm.ts";
import { type Release, release } from "./release.ts";
import { access } from "./testing/access.ts";
import { verdicts } from "./testing/access-review.ts";

const why = inject("apiKind") === "real" ? helmMissing : "RBAC needs a real kube-apiserver: npm run test:kube";
const minute = 60_000;

describe.skipIf(why !== "")(`the installed chart${why && ` (skipped: ${why})`}`, () => {
  let cluster: TestCluster;
  let it: Release;

  beforeAll(async () => {
    cluster = await connectToCluster(inject("kubeconfig"));
    it = release(inject("kubeconfig"));
    await it.helm("install", {}, ["--create-namespace"]);
  }, 2 * minute);

  afterAll(async () => {
    await it?.helm("uninstall");
    await cluster?.close();
  }, minute);

  const channels = async () => {
    const { items } = await cluster.kube.list(managedOSVersionChannels, { namespace: it.fleet });
    return items.map(({ metadata }) => metadata.name).sort();
  };
  const attempt = (arguments_: string[]) => it.kubectl(arguments_).catch((error: Error) => error.message);
  const password = async () => {
    const secret = await cluster.kube.get(secrets, { namespace: it.namespace, name: `${it.name}-redis` });
    return secret.data?.["password"];
  };

  test("the API server takes every object, with every option", async () => {
    const values = {
      "ingress.enabled": true,
      "ingress.host": "elemental.example",
      "tls.secretName": "door",
      "server.caCert": "PEM",
      "sharedCredential.enabled": true,
      "agentGateway.tlsSecretName": "gateway",
      "redis.builtin.persistence.enabled": true,
      "autoscaling.type": "hpa",
      "networkPolicies.metricsFrom": [{ namespaceSelector: { matchLabels: { name: "monitoring" } } }],
      "service.type": "NodePort",
      extraObjects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "{{ .Release.Name }}-extra" } }],
    };
    await expect(it.helm("upgrade", values, ["--dry-run=server"])).resolves.toContain(`${it.name}-extra`);
  });

  test(
    "an upgrade keeps the password, honours `included` and leaves channels of older versions alone",
    async () => {
      const before = await password();
      await it.helm("upgrade", { channel: { name: "older", image: "registry.example/older", tag: "1" } });
      expect(await channels()).toContain("older");
      await cluster.kube.create(managedOSVersionChannels, {
        apiVersion: "elemental.cattle.io/v1beta1",
        kind: "ManagedOSVersionChannel",
        // D-37: without any label.
        metadata: { namespace: it.fleet, name: "of-a-user" },
        spec: { type: "json" },
      });
      await it.helm("upgrade", { "defaultChannels.slMicro62RT.included": false });
      expect(await channels()).toEqual([
        "of-a-user",
        "older",
        "sl-micro-6.2-baremetal-channel",
        "sl-micro-6.2-base-channel",
        "sl-micro-6.2-kvm-channel",
      ]);
      expect(await password()).toBe(before);
      await it.helm("rollback", {}, ["1"]);
      expect(await channels()).toContain("sl-micro-6.2-rt-channel");
      expect(await password()).toBe(before);
    },
    2 * minute,
  );

  test("another version than that of the definitions is refused", async () => {
    const directory = await mkdtemp(join(tmpdir(), "elemental-chart-"));
    try {
      await tool("helm", ["package", charts.operator, "--version", "9.9.9", "--destination", directory]);
      const packed = join(directory, "elemental-operator-9.9.9.tgz");
      const refused = tool("helm", ["install", "other", packed, "--dry-run=server"], inject("kubeconfig"));
      await expect(refused).rejects.toThrow("CRDs chart version must match the version of this chart");
    } finally {
      await rm(directory, { recursive: true });
    }
  });

  test("each account has the rights of its service, and not others", async () => {
    const allowed = await verdicts(it, access);
    expect(allowed).toHaveLength(access.length);
    const wrong = access.filter(({ can }, index) => allowed[index] !== (can === "can"));
    expect(wrong).toEqual([]);
  });

  test("no service approves machines that wait, nor lets them in without", async () => {
    const metadata = { namespace: it.fleet, name: "waiting" };
    const object = { apiVersion: "elemental.cattle.io/v1beta1", kind: "MachineInventory", metadata } as const;
    await cluster.kube.create(machineInventories, { ...object, spec: { approval: "Manual" } });
    const on = ["mi/waiting", "-n", it.fleet];
    const approve = ["annotate", ...on, "elemental.cattle.io/approved=true"];
    const withdraw = ["patch", ...on, "--type=merge", "-p", '{"spec":{"approval":null}}'];
    for (const service of ["registration-api", "inventory-controller"]) {
      const as = ["--as", it.account(service)];
      // The API server takes a moment to enforce a new policy.
      await expect
        .poll(() => attempt([...approve, "--dry-run=server", ...as]), { timeout: minute })
        .toContain("a service of Elemental must not approve machines");
      await expect(it.kubectl([...withdraw, ...as])).rejects.toThrow("must not let machines in that wait");
      await it.kubectl(["label", ...on, `of=${service}`, "--overwrite", ...as]);
    }
    await it.kubectl(approve);
    await it.kubectl(["label", ...on, "more=1", "--as", it.account("registration-api")]);
  });

  test("the inventory-controller cannot give away rights that it does not have", async () => {
    const as = ["-n", it.fleet, "--as", it.account("inventory-controller")];
    const role = it.kubectl(["create", "role", "more", "--verb=create", "--resource=pods", ...as]);
    await expect(role).rejects.toThrow("attempting to grant RBAC permissions not currently held");
    const binding = it.kubectl(["create", "rolebinding", "more", "--clusterrole=cluster-admin", "--user=x", ...as]);
    await expect(binding).rejects.toThrow("attempting to grant RBAC permissions not currently held");
  });
});

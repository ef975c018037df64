import { namespace } from "./flow.ts";
import { type Shell, until } from "./shell.ts";

interface Saved {
  metadata: Record<string, unknown>;
  status?: unknown;
}

/**
 * Saves what docs/install.md says is to be saved, deletes it, and puts it back as new objects. Resolves when the
 * registration has its URL again.
 */
export async function saveAndRestore({ run }: Shell): Promise<void> {
  const kubectl = (args: string[], input?: string) => run("kubectl", ["-n", namespace, ...args], input);
  const kinds = "machineregistrations,machineinventories";
  const { items } = JSON.parse(await kubectl(["get", kinds, "-o", "json"])) as { items: Saved[] };
  const url = await kubectl(["get", "machineregistration", "demo", "-o", "jsonpath={.status.registrationURL}"]);
  await kubectl(["delete", kinds, "--all", "--wait", "--timeout=60s"]);
  const restored = items.map(({ metadata, ...object }) => {
    const { uid, resourceVersion, creationTimestamp, generation, managedFields, finalizers, ownerReferences, ...kept } =
      metadata;
    return { ...object, metadata: kept };
  });
  const list = JSON.stringify({ apiVersion: "v1", kind: "List", items: restored });
  await kubectl(["create", "-f", "-"], list);
  for (const { status, metadata } of items) {
    if (!("registrationToken" in ((status as object) ?? {}))) continue;
    const patch = JSON.stringify({ status });
    await kubectl([
      "patch",
      "machineregistration",
      String(metadata["name"]),
      "--subresource=status",
      "--type=merge",
      "-p",
      patch,
    ]);
  }
  await until("the URL of the restored registration", 60, async () => {
    const found = await kubectl(["get", "machineregistration", "demo", "-o", "jsonpath={.status.registrationURL}"]);
    return found === url || undefined;
  });
}

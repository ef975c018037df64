import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Release } from "../release.ts";
import type { Access } from "./access.ts";

/** What the API server would let each service do, in the order of `table`; asked for in one run of kubectl. */
export async function verdicts(release: Release, table: Access[]): Promise<boolean[]> {
  const directory = await mkdtemp(join(tmpdir(), "elemental-access-"));
  try {
    const file = join(directory, "reviews.json");
    const items = table.map((access) => review(release, access));
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items }));
    const output = await release.kubectl(["create", "-f", file, "-o", 'jsonpath={.status.allowed}{"\\n"}']);
    return output
      .trim()
      .split("\n")
      .map((allowed) => allowed === "true");
  } finally {
    await rm(directory, { recursive: true });
  }
}

function review(release: Release, { service, verb, resource, name, namespace }: Access) {
  const [path = "", ...group] = resource.split(".");
  const [plural, subresource] = path.split("/");
  const place = { all: "", fleet: release.fleet, own: release.namespace }[namespace];
  const what = { resource: plural, subresource, group: plural === "*" ? "*" : group.join(".") };
  const user = release.account(service);
  // A ServiceAccount's token makes it a member of these groups.
  const groups = ["system:serviceaccounts", "system:authenticated"];
  const resourceAttributes = { ...what, verb, name, namespace: place };
  return {
    apiVersion: "authorization.k8s.io/v1",
    kind: "SubjectAccessReview",
    spec: { user, groups, resourceAttributes },
  };
}

import { readdirSync, readFileSync } from "node:fs";
import { isKubeError } from "@elemental/kube";
import { connectToCluster, type TestCluster } from "@elemental/test/kube";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { parse } from "yaml";
import { machineInventorySelectorTemplates } from "../kinds/machine-inventory-selector-template.ts";
import type { MachineRegistration } from "../kinds/machine-registration/machine-registration.ts";
import { machineRegistrations } from "../kinds/machine-registration/machine-registration.ts";
import { type ManagedOSImage, managedOSImages } from "../kinds/managed-os-image/managed-os-image.ts";
import { type SeedImage, seedImages } from "../kinds/seed-image.ts";
import type { KubeObject, ResourceType } from "../meta.ts";
import { examples } from "../testing/examples.ts";
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { customResourceDefinitions } from "./definitions.ts";
import { kinds } from "./kinds.ts";

const facts = new URL("../../../../test/facts/reference-crds/", import.meta.url);
const referenceGroup = "reference.elemental.test";

/** The reference's definitions, moved to a group of their own so that both can be installed. */
function references(): CustomResourceDefinition[] {
  return readdirSync(facts).map((file) => {
    const definition: CustomResourceDefinition = parse(readFileSync(new URL(file, facts), "utf8"));
    const metadata = { name: `${definition.spec.names.plural}.${referenceGroup}` };
    return { ...definition, metadata, spec: { ...definition.spec, group: referenceGroup } };
  });
}

interface Loose extends KubeObject {
  spec?: unknown;
}

let cluster: TestCluster;
let namespace: string;
let counter = 0;

beforeAll(async () => {
  cluster = await connectToCluster(inject("kubeconfig"), [...customResourceDefinitions(), ...references()]);
  namespace = await cluster.createNamespace();
});
afterAll(() => cluster?.close());

function typeOf(kind: string, group: string): ResourceType<Loose> {
  return { ...kindNamed(kind).type, group } as ResourceType<Loose>;
}

function kindNamed(kind: string) {
  const found = kinds.find(({ type }) => type.kind === kind);
  if (!found) throw new Error(`no kind ${kind}`);
  return found;
}

function create(type: ResourceType<Loose>, spec: unknown): Promise<Loose> {
  counter += 1;
  return cluster.kube.create(type, {
    apiVersion: `${type.group}/${type.version}`,
    kind: type.kind,
    metadata: { namespace, name: `object-${counter}` },
    ...(spec === undefined ? {} : { spec }),
  });
}

/** Resolves to the stored spec, or to `rejected` when validation refuses the object. */
async function admit<T extends Loose>(type: ResourceType<T>, spec: unknown): Promise<T["spec"] | "rejected"> {
  try {
    return (await create(type as ResourceType<Loose>, spec)).spec as T["spec"];
  } catch (error) {
    if (isKubeError(error, "Invalid")) return "rejected";
    throw error;
  }
}

describe("C-001 is stored as the reference's definitions store it, and as our schemas parse it", () => {
  test.each(examples)("$kind $title", async ({ kind, spec }) => {
    const ours = await create(typeOf(kind, "elemental.cattle.io"), spec);
    const theirs = await create(typeOf(kind, referenceGroup), spec);
    expect(ours.spec).toEqual(theirs.spec);
    const written = { ...ours, ...(spec === undefined ? {} : { spec }) };
    expect(kindNamed(kind).schema.parse(written)["spec"]).toEqual(ours.spec);
    expect(kindNamed(kind).schema.parse(ours)["spec"]).toEqual(ours.spec);
  });
});

describe("C-003 SeedImage", () => {
  const registrationRef = { name: "r" };
  test.each([
    { spec: {}, accepted: false },
    { spec: { registrationRef, targetPlatform: "amd64" }, accepted: false },
    { spec: { registrationRef, targetPlatform: "linux/amd64" }, accepted: true },
    { spec: { registrationRef, targetPlatform: "" }, accepted: true },
    { spec: { registrationRef, type: "qcow2" }, accepted: false },
    { spec: { registrationRef, size: "6 GB" }, accepted: false },
  ])("$spec: $accepted", async ({ spec, accepted }) => {
    expect((await admit(seedImages, spec)) !== "rejected").toBe(accepted);
  });
});

test("C-004 a SeedImage with only registrationRef gets its defaults", async () => {
  const expected: SeedImage["spec"] = {
    registrationRef: { name: "r" },
    type: "iso",
    size: 6442450944,
    cleanupAfterMinutes: 60,
  };
  expect(await admit(seedImages, { registrationRef: { name: "r" } })).toEqual(expected);
});

describe("C-005 the drain of a ManagedOSImage", () => {
  const drain = { force: true, skipWaitForDeleteTimeout: 60, ignoreDaemonSets: true, deleteLocalData: true };

  test("is the default when absent", async () => {
    expect(await admit(managedOSImages, {})).toEqual({ drain });
  });

  test("stays null when created so, and becomes the default by a merge patch", async () => {
    const created = (await create(managedOSImages as ResourceType<Loose>, { drain: null })) as ManagedOSImage;
    expect(created.spec).toEqual({ drain: null });
    const key = { namespace, name: created.metadata.name };
    const body = { spec: { drain: null } };
    expect((await cluster.kube.patch(managedOSImages, key, { type: "merge", body })).spec).toEqual({ drain });
  });
});

describe("C-006 the token of a MachineRegistration", () => {
  test.each([
    ...["Abc", "-a", "a-", "", "a_b", "a".repeat(254)].map((token) => ({ token, accepted: false })),
    ...["a", "a-b", "0", "a".repeat(253)].map((token) => ({ token, accepted: true })),
  ])("$token: $accepted", async ({ token, accepted }) => {
    expect((await admit(machineRegistrations, { token })) !== "rejected").toBe(accepted);
  });
});

describe("C-007 the install section of a MachineRegistration", () => {
  const admitInstall = (install: object) => admit(machineRegistrations, { config: { elemental: { install } } });

  test("gets a snapshotter", async () => {
    const snapshotter = { type: "loopdevice", maxSnaps: 2 };
    expect(await admitInstall({})).toHaveProperty("config.elemental.install", { snapshotter });
    expect(await admitInstall({ snapshotter: {} })).toHaveProperty("config.elemental.install", { snapshotter });
  });

  test("keeps at least two snapshots", async () => {
    expect(await admitInstall({ snapshotter: { maxSnaps: 1 } })).toBe("rejected");
  });

  test("without any section there are no defaults", async () => {
    const spec: MachineRegistration["spec"] = { config: {} };
    expect(await admit(machineRegistrations, spec)).toEqual(spec);
  });
});

test("C-008 a template keeps labels and annotations of its selectors, and nothing else of their metadata", async () => {
  const metadata = { labels: { a: "b" }, annotations: { c: "d" } };
  const template = { metadata: { ...metadata, name: "x" }, spec: {} };
  expect(await admit(machineInventorySelectorTemplates, { template })).toEqual({ template: { metadata, spec: {} } });
});

test("what no schema knows is dropped, what is schemaless is kept", async () => {
  const options = { any: [1, { thing: null }], n: 9007199254740993n };
  const stored = await create(typeOf("ManagedOSVersionChannel", "elemental.cattle.io"), {
    type: "x",
    unknown: 1,
    options,
  });
  expect(stored.spec).toEqual({
    type: "x",
    options,
    enabled: true,
    syncInterval: "1h",
    deleteNoLongerInSyncVersions: false,
  });
});

describe("the admission policy of a MachineRegistration", () => {
  const refusal = (spec: object) =>
    create(typeOf("MachineRegistration", "elemental.cattle.io"), spec).then(
      () => "accepted",
      (error: Error) => error.message,
    );
  const hash = "a".repeat(64);

  test.each<[object, string]>([
    [{ approval: "Maybe" }, 'spec.approval: Unsupported value: "Maybe": supported values: "Auto", "Manual"'],
    [{ deny: [hash.toUpperCase()] }, "spec.deny[0] in body should match '^[0-9a-f]{64}$'"],
    [{ allowedMachines: { tpmHashes: [hash, "x"] } }, "spec.allowedMachines.tpmHashes[1] in body should match"],
    [{ allowedMachines: { macAddresses: ["aa:bb"] } }, "spec.allowedMachines.macAddresses[0] in body should match"],
    [{ allowedMachines: { certificateSerials: ["0x1"] } }, "spec.allowedMachines.certificateSerials[0] in body should"],
    [{ tokenPolicy: { expiresAt: "tomorrow" } }, 'must be of type date-time: "tomorrow"'],
    [{ tokenPolicy: { maxRegistrations: -1 } }, "spec.tokenPolicy.maxRegistrations in body should be greater than or"],
    [{ tokenPolicy: { rotation: {} } }, "spec.tokenPolicy.rotation.revision: Required value"],
    [{ tokenPolicy: { rotation: { revision: "1", overlap: "soon" } } }, "spec.tokenPolicy.rotation.overlap in body"],
  ])("%j is refused with the reason", async (spec, reason) => {
    expect(await refusal(spec)).toContain(reason);
  });

  test("is stored as it is, with the default of the overlap", async () => {
    const spec = {
      approval: "Manual",
      allowedMachines: { tpmHashes: [hash], certificateSerials: ["00:A1", "f"], macAddresses: ["AA-bb-cc-dd-ee-ff"] },
      tokenPolicy: { expiresAt: "2030-01-01T00:00:00Z", maxRegistrations: 0, rotation: { revision: "1" } },
      deny: [hash],
    };
    const rotation = { revision: "1", overlap: "0s" };
    expect(await admit(typeOf("MachineRegistration", "elemental.cattle.io"), spec)).toEqual({
      ...spec,
      tokenPolicy: { ...spec.tokenPolicy, rotation },
    });
  });
});

describe("our additions", () => {
  test.each([
    {
      title: "a credential",
      spec: { credential: { hash: "a".repeat(64), issuedAt: "2026-01-01T00:00:00Z" } },
      accepted: true,
    },
    { title: "a credential without hash", spec: { credential: { issuedAt: "2026-01-01T00:00:00Z" } }, accepted: false },
    {
      title: "a token in place of its hash",
      spec: { credential: { hash: "secret", issuedAt: "2026-01-01T00:00:00Z" } },
      accepted: false,
    },
    { title: "hardware", spec: { hardware: { memoryBytes: 2 ** 40, disks: [{ name: "sda" }] } }, accepted: true },
    { title: "too many disks", spec: { hardware: { disks: Array(65).fill({}) } }, accepted: false },
  ])("MachineInventory with $title: $accepted", async ({ spec, accepted }) => {
    expect((await admit(typeOf("MachineInventory", "elemental.cattle.io"), spec)) !== "rejected").toBe(accepted);
  });
});

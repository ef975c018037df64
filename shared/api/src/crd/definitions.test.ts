import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import type { CustomResourceDefinition } from "./custom-resource-definition.ts";
import { customResourceDefinitions } from "./definitions.ts";

/** The reference's definitions, without their descriptions. */
const facts = new URL("../../../../test/facts/reference-crds/", import.meta.url);
const references = readdirSync(facts).map(
  (name): CustomResourceDefinition => parse(readFileSync(new URL(name, facts), "utf8")),
);

/** What may be there beyond the reference; everything below such a path is ours. */
const additions = [
  "MachineRegistration spec.credential",
  "MachineRegistration spec.tpm",
  "MachineRegistration spec.approval",
  "MachineRegistration spec.allowedMachines",
  "MachineRegistration spec.tokenPolicy",
  "MachineRegistration spec.deny",
  "MachineRegistration status.tokenRevision",
  "MachineRegistration status.retiredTokens",
  "MachineInventory spec.credential",
  "MachineInventory spec.attestation",
  "MachineInventory spec.hardware",
  "MachineInventory spec.registrationRef",
  "MachineInventory spec.approval",
  "MachineInventorySelector status.initialization",
  "MachineInventorySelectorTemplate spec.template.status.initialization",
  "MachineInventorySelectorTemplate spec.template.metadata.annotations",
  "MachineInventorySelectorTemplate spec.template.metadata.labels",
];

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** One line per schema keyword, e.g. `spec.type | enum = ["iso","raw"]`. Descriptions are not compared. */
function keywords(schema: object, path = ""): string[] {
  return Object.entries(schema as Record<string, Json>).flatMap(([keyword, value]) => {
    if (keyword === "description") return [];
    if (keyword === "properties") return properties(value as Record<string, object>, path);
    if (keyword === "items" || (keyword === "additionalProperties" && typeof value === "object")) {
      return keywords(value as object, `${path}[${keyword}]`);
    }
    return [`${path} | ${keyword} = ${JSON.stringify(sorted(value))}`];
  });
}

function properties(fields: Record<string, object>, path: string): string[] {
  return Object.entries(fields).flatMap(([name, field]) => keywords(field, path === "" ? name : `${path}.${name}`));
}

function sorted(value: Json): Json {
  if (Array.isArray(value) || typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

const generated = customResourceDefinitions();
const lines = (definition: CustomResourceDefinition) => keywords(versionOf(definition).schema.openAPIV3Schema).sort();

function versionOf(definition: CustomResourceDefinition) {
  const [version, ...others] = definition.spec.versions;
  if (version === undefined || others.length > 0) throw new Error(`${definition.metadata.name}: one version expected`);
  return version;
}

function counterpart(reference: CustomResourceDefinition): CustomResourceDefinition {
  const found = generated.find((definition) => definition.metadata.name === reference.metadata.name);
  if (!found) throw new Error(`${reference.metadata.name} is not generated`);
  return found;
}

function isAddition(kind: string, line: string): boolean {
  return additions.some((path) => `${kind} ${line}`.startsWith(path));
}

test("C-002 the nine kinds of the reference are generated, and no others", () => {
  const names = (definitions: CustomResourceDefinition[]) => definitions.map(({ metadata }) => metadata.name).sort();
  expect(references).toHaveLength(9);
  expect(names(generated)).toEqual(names(references));
});

describe.each(references.map((reference) => ({ kind: reference.spec.names.kind, reference })))("$kind", (row) => {
  const definition = counterpart(row.reference);

  test("C-002 has every field, type, default, enum, pattern, bound and flag of the reference, and the listed additions", () => {
    const ours = lines(definition).filter((line) => !isAddition(row.kind, line));
    expect(ours).toEqual(lines(row.reference));
  });

  test("C-002 keeps names, scope, version and the status subresource of the reference", () => {
    const { shortNames: _, categories: __, ...names } = definition.spec.names;
    expect(names).toEqual(row.reference.spec.names);
    expect(definition.spec.scope).toBe(row.reference.spec.scope);
    const { schema: ours, additionalPrinterColumns: ___, ...version } = versionOf(definition);
    const { schema: theirs, ...expected } = versionOf(row.reference);
    expect(version).toEqual(expected);
  });

  test("C-009 carries the contract label and the version annotation", () => {
    expect(definition.metadata.labels).toMatchObject({
      "cluster.x-k8s.io/v1beta1": "v1beta1",
      "cluster.x-k8s.io/provider": "infrastructure-elemental",
    });
    expect(definition.metadata.annotations?.["app.kubernetes.io/version"]).toMatch(/^\d+\.\d+\.\d+/);
  });
});

test("every listed addition is generated", () => {
  const all = generated.flatMap((definition) =>
    lines(definition).map((line) => `${definition.spec.names.kind} ${line}`),
  );
  const missing = additions.filter((path) => !all.some((line) => line.startsWith(path)));
  expect(missing).toEqual([]);
});

test("short names are unique, and every kind is found by the category", () => {
  const shortNames = generated.flatMap(({ spec }) => spec.names.shortNames ?? []);
  expect(shortNames).toEqual(["mreg", "mi", "misel", "miselt", "mosimg", "mosver", "moschan", "simg"]);
  expect(generated.every(({ spec }) => spec.names.categories?.includes("elemental"))).toBe(true);
});

import type { MachineRegistration } from "@elemental/api";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "../json/index.ts";
import { collectAnnotations, collectLabels, emptyReport } from "./collect.ts";
import { draftInventory, newInventory } from "./draft.ts";
import { awaitsAddresses } from "./network.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;

const registrationOf = (spec: Spec): MachineRegistration => ({
  apiVersion: "elemental.cattle.io/v1beta1",
  kind: "MachineRegistration",
  metadata: { name: "r", namespace: "fleet-default", uid: "u" },
  spec,
});

interface Sent {
  data?: JsonObject;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

function reportOf({ data = { Runtime: { Hostname: "h1" } }, labels = {}, annotations = {} }: Sent, prefix?: string) {
  const report = emptyReport();
  Object.assign(report.data, data);
  collectLabels(report, labels, prefix);
  collectAnnotations(report, annotations, prefix);
  return report;
}

const create = (spec: Spec, sent: Sent = {}) =>
  newInventory(registrationOf(spec), reportOf(sent, spec.labelPrefix), { seed: "hash", attempt: 0 });
const nameOf = (machineName: string) => create({ machineName }).inventory.metadata.name;
const uuid = /^m-[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

describe("name", () => {
  test("REG-77 empty and unresolved templates give m- and a UUID, others are sanitised", () => {
    expect(create({}).inventory.metadata.name).toMatch(uuid);
    expect(nameOf("Node_${Runtime/Hostname}")).toBe("node-h1");
    expect(nameOf("${Nope}")).toMatch(uuid);
  });

  test.each(["+.!_-", "${Random/Hex/33}"])("REG-78 REG-79 %s gives no inventory", (machineName) => {
    expect(() => nameOf(machineName)).toThrow("invalid MachineInventory name");
  });

  test("REG-91 one machine draws one name per attempt, another machine another one", () => {
    const name = (seed: string, attempt: number, machineName: string) =>
      newInventory(registrationOf({ machineName }), reportOf({}), { seed, attempt }).inventory.metadata.name;
    for (const template of ["", "n-${Random/Hex/8}"]) {
      expect(name("a", 0, template)).toBe(name("a", 0, template));
      expect(new Set([name("a", 0, template), name("a", 1, template), name("b", 0, template)]).size).toBe(3);
    }
  });
});

describe("labels", () => {
  test("REG-79 REG-80 what cannot be resolved is skipped, the rest is stored", () => {
    const spec = { machineInventoryLabels: { bad: "${Random/Hex/33}", none: "${Nope}", host: "${Runtime/Hostname}" } };
    const { inventory, draft } = create(spec);
    expect(inventory.metadata.labels).toEqual({ host: "h1" });
    expect(draft.skipped.map(({ key, reason }) => `${key}: ${reason}`)).toEqual([
      "bad: invalid template",
      "none: not found",
    ]);
    expect(draftInventory(spec, reportOf({}), { labels: { none: "kept" } }).labels).toEqual({ host: "h1" });
  });

  test("REG-81 a random value is drawn once, and again after it was emptied", () => {
    const spec = { machineInventoryLabels: { id: "${Random/UUID}" } };
    const first = create(spec).inventory.metadata.labels?.["id"];
    expect(first).toHaveLength(36);
    expect(draftInventory(spec, reportOf({}), { labels: { id: first ?? "" } }).labels).toEqual({});
    expect(draftInventory(spec, reportOf({}), { labels: { id: "" } }).labels["id"]).toHaveLength(36);
  });

  test("REG-82 the registration wins over the client", () => {
    const spec = { machineInventoryLabels: { "elemental.cattle.io/both": "registration" } };
    expect(create(spec, { labels: { both: "client" } }).inventory.metadata.labels).toEqual({
      "elemental.cattle.io/both": "registration",
    });
  });

  test("a client's value keeps a random label of the registration from being drawn", () => {
    const spec = { machineInventoryLabels: { "elemental.cattle.io/id": "${Random/UUID}" } };
    expect(create(spec, { labels: { id: "mine" } }).inventory.metadata.labels).toEqual({
      "elemental.cattle.io/id": "mine",
    });
  });

  test("REG-83 a client label before its data is skipped for good", () => {
    const report = emptyReport();
    collectLabels(report, { early: "${Runtime/Hostname}" });
    Object.assign(report.data, { Runtime: { Hostname: "h1" } });
    collectLabels(report, { late: "${Runtime/Hostname}" });
    expect(Object.fromEntries(report.labels)).toEqual({ "elemental.cattle.io/late": "h1" });
  });

  test.each([
    [undefined, "elemental.cattle.io/k"],
    ["", "elemental.cattle.io/k"],
    ["-", "k"],
    ["x.io", "x.io/k"],
  ])("REG-84 labelPrefix %j", (prefix, key) => {
    expect([...reportOf({ labels: { k: "v" } }, prefix).labels]).toEqual([[key, "v"]]);
    expect([...reportOf({ annotations: { k: "v" } }, prefix).annotations]).toEqual([[key, "v"]]);
  });

  test("H24 illegal keys, and more keys than a machine may bring, are skipped", () => {
    const report = reportOf({ labels: { "a<b": "1", "x/y": "2", ok: "3" } }, "x.io/");
    expect(report.labels.size).toBe(0);
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, "v"]));
    expect(reportOf({ labels: many }).labels.size).toBe(256);
  });
});

describe("annotations", () => {
  test("REG-85 a client's value is escaped", () => {
    const { annotations } = reportOf({ annotations: { "os.name": "SLE & M '<x>\r\n" } });
    expect(annotations.get("elemental.cattle.io/os.name")).toBe("SLE &amp; M &#39;&lt;x&gt;");
  });

  test("REG-86 a registration's value is resolved but not sanitised, random ones once", () => {
    const spec = {
      machineInventoryAnnotations: { host: "${Runtime/Hostname}!", id: "${Random/UUID}", none: "${Nope}" },
    };
    const { annotations } = create(spec).inventory.metadata;
    expect(annotations).toEqual({ host: "h1!", id: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect(draftInventory(spec, reportOf({}), { annotations: { id: "kept" } }).annotations).toEqual({ host: "h1!" });
  });

  test("H25 templates of a client are not resolved, and the registration wins", () => {
    const spec = { labelPrefix: "-", machineInventoryAnnotations: { a: "registration" } };
    const { annotations } = create(spec, { annotations: { a: "client", b: "${Runtime/Hostname}" } }).inventory.metadata;
    expect(annotations).toEqual({ a: "registration", b: "${Runtime/Hostname}" });
  });

  test("REG-87 resettable follows the registration at creation only", () => {
    const spec = { config: { elemental: { reset: { enabled: true } } } };
    expect(create(spec).inventory.metadata.annotations).toEqual({ "elemental.cattle.io/resettable": "true" });
    expect(create({}).inventory.metadata.annotations).toEqual({});
    expect(draftInventory(spec, reportOf({}), {}).annotations).toEqual({});
  });

  test.each([
    ["resettable", undefined],
    ["plan.type", undefined],
    ["elemental.cattle.io/resettable", "-"],
    ["resettable", "elemental.cattle.io"],
  ])("REG-88 %s with prefix %j is ignored", (key, prefix) => {
    expect(reportOf({ annotations: { [key]: "true" } }, prefix).annotations.size).toBe(0);
  });

  test("operator-owned labels are ignored too", () => {
    expect(reportOf({ labels: { managed: "true", InternalIP: "10.0.0.1" } }).labels.size).toBe(0);
  });

  test("H24 D-12 os.unmanaged is stored under the key the controllers read, whatever the prefix", () => {
    const { annotations } = reportOf({ annotations: { "os.unmanaged": "true" } }, "x.io");
    expect(Object.fromEntries(annotations)).toEqual({
      "elemental.cattle.io/os.unmanaged": "true",
      "x.io/os.unmanaged": "true",
    });
  });
});

describe("network", () => {
  const pools = { "ip-1": { apiGroup: "ipam.cluster.x-k8s.io", kind: "InClusterIPPool", name: "p" } };

  test("REG-90 a configurator comes with its pools, none comes with nothing", () => {
    const network = { configurator: "nmc" as const, ipAddresses: pools, config: { dns: {} } };
    expect(create({ config: { network } }).inventory.spec).toEqual({
      network: { configurator: "nmc", config: { dns: {} } },
      ipAddressPools: pools,
      registrationRef: { name: "r" },
    });
    const none = { network: { configurator: "none" }, registrationRef: { name: "r" } };
    expect(create({ config: { network: { ...network, configurator: "none" } } }).inventory.spec).toEqual(none);
    expect(create({}).inventory.spec).toEqual(none);
  });

  test.each([
    ["no configurator", { network: { configurator: "none" as const }, ipAddressPools: pools }, false],
    ["no pools", { network: { configurator: "nmc" as const } }, false],
    ["an address missing", { network: { configurator: "nmc" as const }, ipAddressPools: pools }, true],
    [
      "all addresses there",
      { network: { configurator: "nmc" as const, ipAddresses: { "ip-1": "192.0.2.1" } }, ipAddressPools: pools },
      false,
    ],
  ])("H17 waits for addresses: %s", (_name, spec, waits) => {
    const { inventory } = create({});
    expect(awaitsAddresses({ ...inventory, spec })).toBe(waits);
  });
});

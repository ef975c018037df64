import { statSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { addRecorder, liveSystem, type ParsedYip, toolkitRecord } from "../testing/index.ts";

const connections = "etc/NetworkManager/system-connections";

/** A received configuration that sets the network up. */
function configured(configurator: string, values: Record<string, unknown>, ipAddresses: Record<string, string> = {}) {
  const config = Object.fromEntries(
    Object.entries(values).map(([key, value]) => [key, { raw: [...Buffer.from(JSON.stringify(value))], object: null }]),
  );
  return JSON.stringify({ elemental: { install: { reboot: true } }, configurator, ipAddresses, config });
}

/** Installs with a network configuration; the network step's document and the programs that were called. */
async function install(config: string, prepare: (root: string) => void = () => {}) {
  await using system = await liveSystem({ config });
  const { lab } = system;
  lab.write({ [`${connections}/left.nmconnection`]: "[connection]\n", [`${connections}/other.txt`]: "" });
  prepare(lab.root);
  const { status, stderr } = await lab.run("--once", "--install");
  const step = toolkitRecord(lab)?.hook.stages["before-install"]?.[4];
  return {
    status,
    stderr,
    called: toolkitRecord(lab) !== undefined,
    document: step && (parse(step.files?.[0]?.content ?? "") as ParsedYip),
    calls: lab.has("calls") ? lab.read("calls").trim().split("\n") : [],
    read: (path: string) => lab.read(path),
  };
}

describe("nmconnections", () => {
  test("CLI-63 connections as written, addresses filled in, nothing is run", async () => {
    const keyfile = "[ipv4]\naddress1={ip1}";
    const { document, calls } = await install(
      configured("nmconnections", { eth0: keyfile, n: 1, none: null }, { ip1: "192.0.2.7" }),
    );
    expect(document?.name).toBe("Apply network config");
    const [step] = document?.stages["initramfs"] ?? [];
    expect(step?.files?.map(({ path, content }) => [path, content])).toEqual([
      [`/${connections}/eth0.nmconnection`, "[ipv4]\naddress1=192.0.2.7"],
      [`/${connections}/n.nmconnection`, "1"],
      [`/${connections}/none.nmconnection`, ""],
    ]);
    expect(step?.files?.[0]?.permissions).toBe(0o600);
    expect(calls).toEqual([]);
  });

  test.each([
    ["a name with a slash", { "../x": "a" }, "is no connection name"],
    ["the parent directory", { "..": "a" }, "is no connection name"],
    ["a map", { eth0: {} }, "must be a text"],
    ["a placeholder without address", { eth0: "{ip9}" }, "no IP address for the placeholder {ip9}"],
  ])("%s is refused", async (_name, values, message) => {
    const { status, stderr, called } = await install(configured("nmconnections", values));
    expect(status).toBe(255);
    expect(stderr).toContain(message);
    expect(called).toBe(false);
  });

  test("an address that looks like a placeholder is not looked at again", async () => {
    const { document } = await install(configured("nmconnections", { e: "{a}" }, { a: "{b}", b: "x" }));
    expect(document?.stages["initramfs"]?.[0]?.files?.[0]?.content).toBe("{b}");
  });
});

describe("nmstate", () => {
  const config = configured("nmstate", { routes: { b: 1, a: ["{ip-1}"] }, dns: {} }, { "ip-1": "192.0.2.7" });

  test("CLI-64 sorted configuration, one call, all connections collected", async () => {
    await using system = await liveSystem({ config });
    const { lab } = system;
    const file = "/tmp/declarative-networking/elemental-nmstate.yaml";
    addRecorder(lab.root, "nmstatectl", `printf made > '${lab.root}/${connections}/made.nmconnection'`);
    lab.write({ [`${connections}/left.nmconnection`]: "left" });
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 0 });
    expect(lab.read("calls")).toBe(`nmstatectl apply ${file}\n`);
    expect(lab.read(file)).toBe("dns: {}\nroutes:\n    a:\n        - '192.0.2.7'\n    b: 1\n");
    expect(statSync(join(lab.root, file)).mode & 0o777).toBe(0o600);
    const step = toolkitRecord(lab)?.hook.stages["before-install"]?.[4];
    const files = (parse(step?.files?.[0]?.content ?? "") as ParsedYip).stages["initramfs"]?.[0]?.files;
    expect(files?.map(({ content }) => content)).toEqual(["left", "made"]);
  });

  test("CLI-64 a failing tool ends the run", async () => {
    const { status, stderr, called } = await install(config, (root) => {
      addRecorder(root, "nmstatectl", "echo 'no such interface' >&2; exit 1");
    });
    expect(status).toBe(255);
    expect(stderr).toContain("nmstatectl apply /tmp/declarative-networking/elemental-nmstate.yaml ended with status 1");
    expect(stderr).toContain("no such interface");
    expect(called).toBe(false);
  });
});

test("CLI-65 nmc generates, then applies", async () => {
  const { status, calls, document } = await install(configured("nmc", { interfaces: [] }));
  const base = "/tmp/declarative-networking/nmc";
  expect(status).toBe(0);
  expect(calls).toEqual([
    `nmc generate --config-dir ${base}/desired-states --output-dir ${base}/network-config`,
    `nmc apply --config-dir ${base}/network-config`,
  ]);
  expect(document?.stages["initramfs"]?.[0]?.files).toHaveLength(1);
});

test("CLI-66 an unknown configurator", async () => {
  const { status, stderr, called } = await install(configured("foo", {}));
  expect(status).toBe(255);
  expect(stderr).toContain("Unknown network configurator type");
  expect(called).toBe(false);
});

describe("--reset-network", () => {
  const commands = [
    `find /${connections} -name *.nmconnection -type f -delete`,
    "nmcli connection reload",
    "systemctl restart NetworkManager.service",
    "systemctl start NetworkManager-wait-online.service",
    "systemctl restart elemental-system-agent.service",
  ];

  test("CLI-67 five commands in order; a second run has nothing to do", async () => {
    await using system = await liveSystem({});
    const { lab } = system;
    lab.write({ [`${connections}/a.nmconnection`]: "", "oem/elemental-network.yaml": "" });
    expect(await lab.run("--once", "--reset-network")).toMatchObject({ status: 0 });
    expect(lab.has("oem/elemental-network.yaml")).toBe(false);
    expect(await lab.run("--once", "--reset-network", "--debug")).toMatchObject({ status: 0 });
    expect(lab.read("calls").trim().split("\n")).toEqual(commands);
  });

  test("CLI-68 the first failure ends it", async () => {
    await using system = await liveSystem({});
    const { lab } = system;
    lab.write({ [`${connections}/a.nmconnection`]: "" });
    addRecorder(lab.root, "nmcli", "exit 8");
    const { status, stderr } = await lab.run("--once", "--reset-network");
    expect(status).toBe(255);
    expect(stderr).toContain("nmcli connection reload ended with status 8");
    expect(lab.read("calls").trim().split("\n")).toEqual(commands.slice(0, 2));
  });

  test("without a connections directory there is nothing to do", async () => {
    await using system = await liveSystem({});
    expect(await system.lab.run("--once", "--reset-network")).toMatchObject({ status: 0 });
  });
});

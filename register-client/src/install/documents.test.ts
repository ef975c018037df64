import type { JsonObject } from "@elemental/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { agentFiles } from "../agent/files.ts";
import { mergeLocal } from "../config/local.ts";
import { applyReceived } from "../config/received.ts";
import { cloudConfigText } from "./cloud-config.ts";

const local = () => mergeLocal({ file: undefined, env: {}, flags: new Map() });
const receive = (yaml: string) => applyReceived(local(), Buffer.from(yaml));

describe("cloud-config", () => {
  test.each<[string, JsonObject, boolean]>([
    ["cloud-init", { users: [{ name: "root" }] }, true],
    ["stages", { stages: { boot: [{ name: "x" }] } }, false],
    ["empty stages", { stages: {} }, true],
    ["stages that are no map", { stages: [1] }, true],
  ])("CLI-52 the first line with %s", (_name, document, header) => {
    const text = cloudConfigText(document);
    expect(text.startsWith("#cloud-config\n")).toBe(header);
    expect(parse(text)).toEqual(document);
  });

  test("nothing is nothing, keys are sorted at every level", () => {
    expect(cloudConfigText({})).toBe("");
    expect(cloudConfigText({ b: 1, a: { d: 1, c: "yes" } })).toBe('#cloud-config\na:\n    c: "yes"\n    d: 1\nb: 1\n');
  });

  test("CLI-34 values come as the bytes of their JSON", () => {
    const { cloudConfig } = receive("cloud-config: {hostname: {raw: [34,97,34], object: null}}");
    expect(cloudConfigText(cloudConfig)).toBe("#cloud-config\nhostname: a\n");
  });

  test("what arrives is what is written, whatever it is", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue({ maxDepth: 4 })), (document) => {
        const wire = Object.fromEntries(
          Object.entries(document).map(([key, value]) => [
            key,
            { raw: [...Buffer.from(JSON.stringify(value) ?? "null")], object: null },
          ]),
        );
        const { cloudConfig } = receive(JSON.stringify({ "cloud-config": wire }));
        const written = cloudConfigText(cloudConfig);
        const expected = JSON.parse(JSON.stringify(document));
        if (written !== "") expect(JSON.parse(JSON.stringify(parse(written)))).toEqual(expected);
        else expect(expected).toEqual({});
      }),
    );
  });
});

describe("the received document", () => {
  test("CLI-35 the network configuration stands at the root", () => {
    const { network } = receive(
      "configurator: nmc\nipAddresses: {ip-1: 192.0.2.50}\nconfig: {dns: {raw: [123, 125], object: null}}\n",
    );
    expect(network).toEqual({ configurator: "nmc", ipAddresses: { "ip-1": "192.0.2.50" }, config: { dns: {} } });
    expect(receive("elemental: {}").network.configurator).toBe("none");
  });

  test("REG-102 CLI-36 absent keys keep their local values", () => {
    const before = local();
    before.registration["emulate-tpm"] = true;
    before.registration.auth = "mac";
    before.registration.labels = { Role: "db" };
    const { registration } = applyReceived(
      before,
      Buffer.from("elemental: {registration: {url: https://remote}}"),
    ).config;
    expect(registration).toMatchObject({
      url: "https://remote",
      auth: "mac",
      "emulate-tpm": true,
      labels: { Role: "db" },
    });
    expect(before.registration.url).toBe("");
  });

  test.each(["", "null", "later: {unknown: 1}"])("%j is accepted", (yaml) => {
    expect(receive(yaml).config.registration.auth).toBe("tpm");
  });

  test("whatever arrives is decoded or refused as a configuration error", () => {
    const line = fc.constantFrom(
      "elemental:",
      "  install:",
      "    debug: ",
      "cloud-config:",
      "  x: {raw: [",
      "256]}",
      "- a",
      "&a",
      "*a",
    );
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(line).map((lines) => lines.join("\n")),
        ),
        (text) => {
          try {
            receive(text);
          } catch (error) {
            expect(error).toMatchObject({ code: "Configuration" });
          }
        },
      ),
    );
  });
});

describe("the agent's files", () => {
  const files = (agent: object, ca = "") =>
    Object.fromEntries(agentFiles(agent, ca).map(({ path, content }) => [path, content]));
  const connection = (agent: object, ca = "") =>
    JSON.parse(files(agent, ca)["/var/lib/elemental/agent/elemental_connection.json"] ?? "");

  test("CLI-53 the connection", () => {
    const agent = { url: "https://e/k8s/clusters/local", token: "t", "secret-name": "m", "secret-namespace": "ns" };
    const { kubeConfig, namespace, secretName } = connection(agent, "pem");
    expect([namespace, secretName]).toEqual(["ns", "m"]);
    expect(parse(kubeConfig)).toEqual({
      apiVersion: "v1",
      clusters: [
        {
          cluster: { "certificate-authority-data": "cGVt", server: "https://e/k8s/clusters/local" },
          name: "cluster",
        },
      ],
      contexts: [{ context: { cluster: "cluster", user: "user" }, name: "context" }],
      "current-context": "context",
      kind: "Config",
      users: [{ name: "user", user: { token: "t" } }],
    });
    expect(parse(connection(agent).kubeConfig).clusters[0].cluster).toEqual({ server: "https://e/k8s/clusters/local" });
  });

  test("CLI-54 the environment of the agent", () => {
    const envs = "/etc/rancher/elemental/agent/envs";
    expect(files({})[envs]).toBe('CATTLE_AGENT_STRICT_VERIFY="false"');
    expect(files({ strictTLSMode: true })[envs]).toBe('CATTLE_AGENT_STRICT_VERIFY="true"');
  });

  test("its configuration", () => {
    expect(parse(files({})["/etc/rancher/elemental/agent/config.yaml"] ?? "")).toEqual({
      workDirectory: "/var/lib/elemental/agent/work",
      localPlanDirectory: "/var/lib/elemental/agent/plans",
      appliedPlanDirectory: "/var/lib/elemental/agent/applied",
      remoteEnabled: true,
      connectionInfoFile: "/var/lib/elemental/agent/elemental_connection.json",
    });
  });
});

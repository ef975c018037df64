import { existsSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { startScriptedServer, tpmChallenge } from "@elemental/register-client/testing";
import { hasSwtpm } from "@elemental/tpm/testing";
import { afterEach, expect, test } from "vitest";
import { parse } from "yaml";
import { createMachine, type MachineOptions, machineFacts } from "./index.ts";
import { startPlanApi } from "./testing/plan-api.ts";

const opened: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});

const token = "agent-token";

/** A registration server, a plan Secret and a machine for them. */
async function scene(options: Partial<MachineOptions> = {}) {
  const plans = await startPlanApi(token);
  const config = `elemental:
    install: {reboot: true, snapshotter: {type: btrfs, maxSnaps: 4}}
    reset: {reset-persistent: true, reset-oem: true, reboot: true}
    registration: {labels: {}}
    system-agent: {url: "${plans.url}", token: ${token}, secret-name: m-1, secret-namespace: fleet}
cloud-config: {hostname: {raw: [34, 97, 34], object: null}}
`;
  const tpm = options.tpm ?? "none";
  const server = await startScriptedServer(tpm === "none" ? { config } : { config, challenge: tpmChallenge });
  const machine = await createMachine({
    name: "sim-1",
    registration: `elemental: {registration: {url: "${server.url}"}}\n`,
    tpm,
    args: ["--once"],
    inProcess: true,
    ...options,
  });
  opened.push(plans.close, server.close, machine.stop);
  return { machine, server, plans };
}

test("different names are different machines, the same name is the same one", () => {
  const [a, b] = [machineFacts("a"), machineFacts("b")];
  expect(machineFacts("a")).toEqual(a);
  for (const key of ["uuid", "serial"] as const) expect(a[key]).not.toBe(b[key]);
  expect(a.nics[0]?.mac).not.toBe(b.nics[0]?.mac);
  expect(a.uuid).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
});

test.skipIf(!(await hasSwtpm()))(
  "the client as a program registers by swtpm and installs; the agent applies plans",
  async () => {
    const { machine, server, plans } = await scene({ tpm: "swtpm", inProcess: false });
    const { status, lines, toolkitCalls } = await machine.register();
    expect(lines.join("\n")).toContain("[simulated elemental] installation to /dev/vda");
    expect(status).toBe(0);
    expect(server.exchanges).toHaveLength(1);
    expect(toolkitCalls).toHaveLength(1);
    expect(toolkitCalls[0]?.argv).toEqual(["install"]);
    expect(toolkitCalls[0]?.env).toMatchObject({
      ELEMENTAL_INSTALL_TARGET: "/dev/vda",
      ELEMENTAL_REBOOT: "true",
      ELEMENTAL_SNAPSHOTTER_TYPE: "btrfs",
      ELEMENTAL_SNAPSHOTTER_MAX_SNAPS: "4",
    });
    const hook = Object.values(toolkitCalls[0]?.hookFiles ?? {}).map(({ text }) => parse(text));
    expect(Object.keys(hook[0].stages)).toEqual(["before-install"]);

    const agent = machine.startAgent();
    await agent.applied();
    expect(plans.text("applied-checksum")).toBe("44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a");
    plans.interfere();
    const plan = {
      files: [{ path: "/etc/x/y", content: Buffer.from("hello").toString("base64"), permissions: "0640" }],
      instructions: [{ name: "danger", command: "rm", args: ["-rf", "/"], saveOutput: true }],
    };
    plans.setPlan(JSON.stringify(plan));
    const applied = await agent.applied(({ plan: { files } }) => files?.length === 1);
    expect(applied.instructions.map(({ name }) => name)).toEqual(["danger"]);
    expect(readFileSync(join(machine.root, "etc/x/y"), "utf8")).toBe("hello");
    expect(statSync(join(machine.root, "etc/x/y")).mode & 0o777).toBe(0o640);
    expect(plans.text("success-count")).toBe("2");
    expect(plans.text("last-apply-time")).toMatch(/^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d UTC \d{4}$/);
  },
);

test("an update sends Update; a reset empties what it was told and keeps the machine registrable", async () => {
  const { machine, server } = await scene();
  expect(await machine.register()).toMatchObject({ status: 0 });
  expect(existsSync(join(machine.root, "var/lib/elemental/agent/elemental_connection.json"))).toBe(true);
  expect(await machine.register("update")).toMatchObject({ status: 0 });
  const { status, toolkitCalls } = await machine.register("reset");
  expect(status).toBe(0);
  expect(toolkitCalls.map(({ argv }) => argv)).toEqual([["install"], ["reset"]]);
  expect(server.exchanges.map(({ types }) => types.includes(10))).toEqual([false, true, false]);
  expect(existsSync(join(machine.root, "oem/elemental-system-agent.yaml"))).toBe(true);
});

test("a failed plan is reported and tried again", async () => {
  const { machine, plans } = await scene();
  await machine.register();
  plans.setPlan('{"instructions":[{"name":"a","command":"false"}]}');
  let works = false;
  const agent = machine.startAgent({ run: () => ({ succeeded: works, output: "" }), cooldownMs: 50 });
  const failed = await agent.applied(({ succeeded }) => !succeeded);
  expect(plans.text("failed-checksum")).toBe(failed.checksum);
  expect(plans.text("applied-checksum")).toBe("");
  works = true;
  await agent.applied(({ succeeded }) => succeeded);
  expect(plans.text("applied-checksum")).toBe(failed.checksum);
  expect(plans.text("failed-checksum")).toBe("");
  expect(plans.text("failure-count")).toBe("0");
});

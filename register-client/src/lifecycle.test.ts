import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { MessageType } from "@elemental/protocol";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { oemMounts } from "./install/hook.ts";
import { type Lab, liveSystem, type ParsedYip, type RunResult, toolkitRecord, tpmChallenge } from "./testing/index.ts";

const privateKey = "-----BEGIN PRIVATE KEY-----\nMIIprivate\n-----END PRIVATE KEY-----";

/** What a server sends and no output may show. */
const secrets = {
  registrationToken: "tok-12345",
  seed: "9007199254740993",
  agentToken: "agent-token-5d1f",
  password: "hash-6b21",
  fileToken: "cluster-token-77aa",
  wifi: "wifi-c0ffee",
  key: "MIIprivate",
};

const received = JSON.stringify({
  elemental: {
    install: { reboot: true },
    "system-agent": { token: secrets.agentToken, url: "https://e/agent", "secret-name": "m", "secret-namespace": "ns" },
  },
  "cloud-config": {
    users: [{ name: "root", passwd: secrets.password }],
    write_files: [{ path: "/etc/rancher/config.yaml", content: `token: ${secrets.fileToken}\n${privateKey}` }],
  },
  configurator: "nmconnections",
  config: { wlan0: `[wifi-security]\npsk=${secrets.wifi}\n` },
});

/** Restarts the machine into its installed system: the OEM partition's documents are carried out, the live system is gone. */
function boot(lab: Lab): void {
  const steps = toolkitRecord(lab)?.hook.stages["before-install"] ?? [];
  const documents = steps.flatMap(({ files = [] }) => files).filter(({ path }) => path.startsWith(oemMounts.install));
  for (const path of ["run", "tmp", "etc/elemental"]) rmSync(join(lab.root, path), { recursive: true });
  mkdirSync(join(lab.root, "tmp"));
  for (const { content } of documents) {
    const { stages = {} } = (parse(content) ?? {}) as Partial<ParsedYip>;
    for (const file of (stages["initramfs"] ?? []).flatMap(({ files = [] }) => files)) {
      mkdirSync(dirname(join(lab.root, file.path)), { recursive: true });
      writeFileSync(join(lab.root, file.path), file.content);
    }
  }
}

test("labels and identity last over installation, updates, a lost state and a reset; no output shows a secret", async () => {
  await using system = await liveSystem({ challenge: tpmChallenge, config: received });
  const { lab, server } = system;
  const runs: RunResult[] = [];
  const run = async (...args: string[]) => {
    runs.push(await lab.run("--once", "--debug", ...args));
    expect(runs.at(-1)).toMatchObject({ status: 0 });
  };
  const members = `url: "${server.url}", emulate-tpm: true, emulated-tpm-seed: ${secrets.seed}`;
  rmSync(join(lab.root, "oem"), { recursive: true });
  lab.write({
    "run/initramfs/live/livecd-cloud-config.yaml": `elemental: {registration: {${members}, labels: {example.com/Role: db}}}`,
    "etc/elemental/labels.yaml": "rack: 7\n",
  });

  await run("--install", "--label", "site=north");
  boot(lab);
  await run();
  await run("--log-format", "json");
  rmSync(join(lab.root, "oem/registration/state.yaml"));
  await run();
  lab.write({ "run/elemental/recovery_mode": "1" });
  await run("--reset");

  const labels = { "example.com/Role": "db", rack: "7", site: "north" };
  expect(server.exchanges.map(({ text }) => JSON.parse(text(MessageType.Labels)))).toEqual(Array(5).fill(labels));
  const updates = server.exchanges.map(({ types }) => types.includes(MessageType.Update));
  expect(updates).toEqual([false, true, true, false, false]);
  const identities = runs.map(
    ({ stderr }) => /identity of this machine \(emulated TPM\): ([0-9a-f]{64})/.exec(stderr)?.[1],
  );
  expect(identities[0]).toBeDefined();
  expect(new Set(identities).size).toBe(1);

  runs.push(await lab.run(server.url), await lab.run("dumpdata", "--raw"), await lab.run("--once", "--install"));
  const output = runs.map(({ stdout, stderr }) => stdout + stderr).join("\n");
  expect(output).toContain("cloudConfig");
  for (const [name, secret] of Object.entries(secrets)) expect(output.includes(secret), name).toBe(false);
});

import { existsSync } from "node:fs";
import { cannotHave, requirements } from "./system-packages.mjs";

/**
 * @typedef {{ title: string, script: string, args?: string[], env?: Record<string, string>, interactive?: boolean, skip?: string }} Step
 * A step runs one JavaScript or TypeScript file with the pinned Node. `interactive` steps print no title; `skip` says why
 * a step does not run here.
 */

const vitest = "node_modules/vitest/vitest.mjs";
const ownControlPlane = existsSync("../shared/kube/kube");
const realApi = ownControlPlane || Boolean(process.env.KUBECONFIG);
const { redis, xorriso, swtpm, bootableIso, virtualMachine } = requirements;
const vmNeeds = [redis, xorriso, swtpm, bootableIso, virtualMachine];
/** Why no virtual machine can be had here. */
const noVirtualMachine = cannotHave(vmNeeds);

/** @param {string} name @param {string[]} args */
const suite = (name, args) => [
  "run",
  "--reporter=default",
  "--reporter=json",
  `--outputFile.json=.cache/reports/${name}.json`,
  ...args,
];

/** The attacks are a suite of their own. */
const withoutAttacks = ["--project", "unit", "--project", "kube"];

/**
 * @typedef {import("./system-packages.mjs").Requirement} Requirement
 * @type {Record<string, { needs: Requirement[] | ((args: string[]) => Requirement[]), steps: (args: string[]) => Step[] }>}
 */
export const commands = {
  quickstart: {
    needs: (args) => (args.includes("--vm") ? vmNeeds : [redis, xorriso, swtpm, bootableIso]),
    steps: (args) => [
      { title: "quickstart", script: "services/standalone/src/quickstart/main.ts", args, interactive: true },
    ],
  },
  "base-iso": {
    needs: [xorriso, bootableIso],
    steps: (args) => [
      { title: "base-iso", script: "services/standalone/src/quickstart/base-iso-main.ts", args, interactive: true },
    ],
  },
  standalone: {
    needs: [redis, xorriso],
    steps: (args) => [{ title: "standalone", script: "services/standalone/src/main.ts", args, interactive: true }],
  },
  test: {
    needs: [redis, xorriso, swtpm, bootableIso],
    steps: (args) => [
      { title: "types", script: "node_modules/typescript/bin/tsc", args: ["--noEmit"] },
      { title: "lint", script: "node_modules/@biomejs/biome/bin/biome", args: ["check", "--error-on-warnings"] },
      { title: "generated files", script: "shared/api/src/generate/main.ts", args: ["--check"] },
      { title: "configuration reference", script: "services/document.ts", args: ["--check"] },
      { title: "generated values of the chart", script: "charts/readme.ts", args: ["--check"] },
      {
        title: "tests",
        script: vitest,
        args: suite("test", [...withoutAttacks, ...args]),
        env: { ELEMENTAL_TEST_API: "embedded" },
      },
    ],
  },
  "test:attack": {
    needs: [swtpm],
    steps: (args) => [
      {
        title: "attacks",
        script: vitest,
        args: suite("test-attack", ["--project", "attack", ...args]),
        env: { ELEMENTAL_TEST_API: "embedded" },
      },
    ],
  },
  "test:kube": {
    needs: [redis, xorriso, swtpm],
    steps: (args) => [
      {
        title: "tests on a real kube-apiserver",
        script: vitest,
        args: suite("test-kube", ["--project", "kube", "--project", "attack", ...args]),
        env: { ELEMENTAL_TEST_API: "real" },
        skip: realApi ? undefined : "no kube-apiserver here: set KUBECONFIG to a cluster made for tests",
      },
    ],
  },
  "test:faults": {
    needs: [redis],
    steps: (args) => [
      {
        title: "faults on a real control plane",
        script: vitest,
        args: suite("test-faults", ["--project", "faults", ...args]),
        skip: ownControlPlane ? undefined : "no control plane here that may be killed",
      },
    ],
  },
  "build:register": {
    needs: [],
    steps: (args) => [
      { title: "build:register", script: "register-client/src/build/main.ts", args, interactive: true },
    ],
  },
  "test:vm": {
    needs: noVirtualMachine ? [] : vmNeeds,
    steps: (args) => [
      {
        title: "tests with virtual machines",
        script: vitest,
        args: suite("test-vm", ["--config", "vitest.vm.config.ts", ...args]),
        skip: noVirtualMachine,
      },
    ],
  },
  "test:cluster": {
    needs: [xorriso],
    steps: (args) => [{ title: "the system on a one-node cluster", script: "test/src/cluster/main.ts", args }],
  },
  bench: {
    needs: [redis, xorriso, swtpm],
    steps: (args) => [{ title: "bench", script: "test/src/bench/main.ts", args, interactive: true }],
  },
};

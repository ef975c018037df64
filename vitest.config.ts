import { defineConfig } from "vitest/config";

// Four projects: `unit` needs no Kubernetes API; `kube` (*.kube.test.ts) and `attack` (*.attack.test.ts) run against the
// one that test/src/kube/target.ts brings up: the embedded API, or a real kube-apiserver under `npm run test:kube`.
// Files of `unit` run side by side; the others share one API, on which controllers see each other's objects, and run in turn.
// What boots virtual machines (*.vm.test.ts) is apart, in vitest.vm.config.ts.
const inTurn = { maxWorkers: 1, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    reporters: ["default"],
    projects: [
      {
        extends: true,
        test: {
          name: "unit",
          include: ["**/src/**/*.test.ts"],
          exclude: [
            "**/node_modules/**",
            "**/*.kube.test.ts",
            "**/*.attack.test.ts",
            "**/*.faults.test.ts",
            "**/*.vm.test.ts",
          ],
          maxWorkers: "100%",
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "kube",
          include: ["**/src/**/*.kube.test.ts"],
          exclude: ["**/node_modules/**"],
          ...inTurn,
          globalSetup: ["test/src/kube/target.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "attack",
          include: ["**/src/**/*.attack.test.ts"],
          exclude: ["**/node_modules/**"],
          ...inTurn,
          globalSetup: ["test/src/kube/target.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "faults",
          include: ["**/src/**/*.faults.test.ts"],
          exclude: ["**/node_modules/**"],
          ...inTurn,
        },
      },
    ],
  },
});

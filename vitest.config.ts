import { defineConfig } from "vitest/config";

// Four projects: `unit` needs no Kubernetes API; `kube` (*.kube.test.ts) and `attack` (*.attack.test.ts) run against the
// one that test/src/kube/target.ts brings up: the embedded API, or a real kube-apiserver under `npm run test:kube`.
// What boots virtual machines (*.vm.test.ts) is apart, in vitest.vm.config.ts.
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Tests wait for processes and sockets more than they compute.
    maxWorkers: "100%",
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
        },
      },
      {
        extends: true,
        test: {
          name: "kube",
          include: ["**/src/**/*.kube.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: ["test/src/kube/target.ts"],
        },
      },
      {
        extends: true,
        test: {
          name: "attack",
          include: ["**/src/**/*.attack.test.ts"],
          exclude: ["**/node_modules/**"],
          globalSetup: ["test/src/kube/target.ts"],
        },
      },
      {
        extends: true,
        test: { name: "faults", include: ["**/src/**/*.faults.test.ts"], exclude: ["**/node_modules/**"] },
      },
    ],
  },
});

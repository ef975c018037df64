import { defineConfig } from "vitest/config";

// The suites that boot virtual machines: `npm run test:vm`. Emulated machines are slow, the more so beside other work.
export default defineConfig({
  test: {
    name: "vm",
    include: ["**/src/**/*.vm.test.ts"],
    exclude: ["**/node_modules/**"],
    testTimeout: 600_000,
    hookTimeout: 1_800_000,
    reporters: ["default"],
  },
});

import { z } from "zod";
import { runService } from "../lifecycle/run-service.ts";

// A service in a process of its own, whose shutdown a test watches.
await runService({
  name: "test-service",
  config: { mode: z.enum(["good", "failing", "stuck", "crashing"]).describe("how it behaves") },
  async start({ config, onClose, addCheck }) {
    if (config.mode === "failing") throw new Error("told to fail");
    onClose("first", async () => void process.stdout.write("closed first\n"));
    onClose("second", () => {
      process.stdout.write("closing second\n");
      return config.mode === "stuck" ? new Promise(() => undefined) : Promise.resolve();
    });
    addCheck("mode", async () => config.mode === "good");
    if (config.mode === "crashing") setTimeout(() => Promise.reject(new Error("told to crash")), 10);
  },
});

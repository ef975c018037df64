import fc from "fast-check";
import { expect, test } from "vitest";
import { liveSystem } from "../testing/index.ts";

test("whatever a server sends, the run ends with one clear line and leaves the state alone", async () => {
  await using system = await liveSystem({});
  const { lab, server } = system;
  const text = fc.oneof(
    fc.constantFrom("message: no", "{raw: [999]}", "elemental: {install: 1}", "&a [*a]"),
    fc.string(),
  );
  const message = fc
    .tuple(
      fc.constantFrom(0, 1, 5, 7, 8, 12, 255),
      fc.oneof(
        text.map((t) => Buffer.from(t)),
        fc.uint8Array(),
      ),
    )
    .map(([type, payload]) => Buffer.from([type, ...payload]));
  const answers = fc.array(fc.oneof(message, fc.constant(Buffer.alloc(0))), { minLength: 1, maxLength: 4 });
  await fc.assert(
    fc.asyncProperty(answers, async (list) => {
      let next = 0;
      server.script.answer = () => list[next++ % list.length];
      const before = lab.has("oem/registration/state.yaml") ? lab.read("oem/registration/state.yaml") : "{}\n";
      const { status, stderr } = await lab.run("--once", "--no-smbios");
      const last = stderr.trimEnd().split("\n").at(-1);
      if (status === 0) return expect(last).toContain("registered, configuration received");
      expect(status).toBe(255);
      expect(last).toMatch(/^F.* FATAL: [\P{Cc}]+$/u);
      if (!last?.includes("the received configuration is unusable")) {
        expect(lab.read("oem/registration/state.yaml")).toBe(before);
      }
    }),
    { numRuns: 40 },
  );
});

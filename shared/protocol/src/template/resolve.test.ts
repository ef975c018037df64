import { describe, expect, test } from "vitest";
import facts from "../../../../test/facts/text-vectors.json" with { type: "json" };
import type { JsonObject } from "../json/index.ts";
import { seededRandom } from "./random.ts";
import { resolveTemplate } from "./resolve.ts";

const data = facts.templateData as JsonObject;
const text = (template: string) => {
  const resolution = resolveTemplate(template, data);
  return resolution.outcome === "ok" ? resolution.text : resolution.outcome;
};

describe("templates", () => {
  test.each(facts.templates)("REG-76 $template", ({ template, outcome, out }) => {
    const resolution = resolveTemplate(template, data);
    expect(resolution.outcome).toBe(outcome);
    if (out !== undefined) expect(resolution).toEqual({ outcome: "ok", text: out });
  });

  test("random values have the documented forms", () => {
    expect(text("${Random/UUID}")).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(text("${Random/Hex/13}")).toMatch(/^[0-9a-f]{13}$/);
    expect(text("${Random/Int/9223372036854775807}")).toMatch(/^[0-9]{1,19}$/);
    expect(text("${Random/UUID}")).not.toBe(text("${Random/UUID}"));
  });

  test("all digits of a hexadecimal value are random (H22)", () => {
    const thirteenth = new Set(Array.from({ length: 200 }, () => text("${Random/Hex/13}").charAt(12)));
    expect(thirteenth.size).toBeGreaterThan(8);
  });

  test("an integer covers its range and nothing else", () => {
    const seen = new Set(Array.from({ length: 300 }, () => text("${Random/Int/3}")));
    expect([...seen].sort()).toEqual(["0", "1", "2"]);
  });

  test("the same seed draws the same values, another seed others", () => {
    const draw = (seed: string) => resolveTemplate("${Random/UUID} ${Random/Int/1000000}", {}, seededRandom(seed));
    expect(draw("a")).toEqual(draw("a"));
    expect(draw("a")).not.toEqual(draw("b"));
  });

  test.each(["${constructor/name}", "${__proto__}", "${A/constructor/name}", "${toString}"])(
    "REG-89 %s is not found",
    (template) => {
      expect(resolveTemplate(template, { A: {} })).toEqual({ outcome: "notFound" });
    },
  );

  test("a template cannot blow up", () => {
    const huge = { v: "x".repeat(1000) };
    expect(resolveTemplate("${v}".repeat(1000), huge)).toEqual({ outcome: "invalid" });
    expect(resolveTemplate("x".repeat(1_000_000), {})).toEqual({ outcome: "invalid" });
  });
});

import { describe, expect, it } from "vitest";
import { emulatedAttestor } from "./emulated-attestor.ts";

describe("emulated TPM", () => {
  it.each([
    { seed: 1n, hash: "cbb7485ca0952c7115bf8ba6c1a946fd4684c04087ccdcc881abf56ec7e1a3d9" },
    { seed: -7178405686718862507n, hash: "b95e81718453cc44bfe6aa780ca32c6bafe4a6acc18c34147f6a88c18204a752" },
    { seed: 2n ** 63n - 1n, hash: "5d39fd94edb5e26e86ee082d6e49fbb32f3e8b5f98602643d62af658962ab25a" },
  ])("REG-45 seed $seed is the same machine in every version", async ({ seed, hash }) => {
    expect(await emulatedAttestor(seed).endorsementKeyHash()).toBe(hash);
  });

  it.each([0n, 2n ** 63n, -(2n ** 63n) - 1n])("H11 seed %s is refused", (seed) => {
    expect(() => emulatedAttestor(seed)).toThrow(expect.objectContaining({ code: "SeedInvalid" }));
  });
});

import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeChallenge } from "../attestation/challenge.ts";
import type { TpmDevice } from "../device/device.ts";
import { encodePublic } from "../wire/public.ts";
import { u16, u32 } from "../wire/writer.ts";
import { deviceAttestor } from "./device-attestor.ts";
import { responseCode } from "./response-code.ts";
import { eccEkTemplate, rsaEkTemplate } from "./templates.ts";

const sized = (bytes: Buffer) => Buffer.concat([u16(bytes.length), bytes]);
const anything = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));

/** Parameters that some command could answer: what follows is read as sizes, handles and structures. */
const parameters = fc.oneof(
  anything,
  fc.constantFrom(rsaEkTemplate, eccEkTemplate).map((template) => sized(encodePublic(template))),
  fc.tuple(fc.nat(0xffff), anything).map(([size, bytes]) => Buffer.concat([u16(size), bytes])),
);

/** Codes for which a TPM is asked again would only cost time. */
const codes = fc.oneof(
  { weight: 4, arbitrary: fc.constant(responseCode.success) },
  { weight: 1, arbitrary: fc.constantFrom(0x101, 0x18b, 0x9a2, 0x921, 0xffffffff) },
);

const response = fc.oneof(
  { weight: 1, arbitrary: anything },
  {
    weight: 5,
    arbitrary: fc.tuple(fc.constantFrom(0x8001, 0x8002), codes, parameters).map(([tag, code, body]) => {
      const inner = tag === 0x8002 ? Buffer.concat([u32(body.length), body]) : body;
      return Buffer.concat([u16(tag), u32(10 + inner.length), u32(code), inner]);
    }),
  },
);

/** A TPM that answers anything, and after some answers has none left. */
function hostileTpm(answers: readonly Buffer[]): TpmDevice {
  let next = 0;
  return {
    transmit: async () => answers[next++] ?? Buffer.alloc(0),
    close: async () => {},
  };
}

test("whatever a TPM answers, using it gives a result or an error that names it", async () => {
  const challenge = encodeChallenge({ credential: Buffer.alloc(68), encryptedSecret: Buffer.alloc(258) });
  await fc.assert(
    fc.asyncProperty(fc.array(response, { maxLength: 12 }), fc.constantFrom("rsa", "ecc"), async (answers, ek) => {
      const attestor = deviceAttestor(hostileTpm(answers), ek);
      const outcome = await attestor
        .document()
        .then(() => attestor.answer(challenge))
        .catch((error: unknown) => error);
      await attestor.close();
      if (!(outcome instanceof Buffer)) expect(outcome).toMatchObject({ name: "TpmError" });
    }),
    { numRuns: 300 },
  );
});

import { describe, expect, it } from "vitest";
import type { TpmDevice } from "../device/device.ts";
import { u16, u32 } from "../wire/writer.ts";
import { execute } from "./command.ts";

const answer = (code: number) => Buffer.concat([u16(0x8001), u32(10), u32(code)]);

/** A device that gives these answers in turn and records the codes of the commands it got. */
function scripted(...answers: Buffer[]): { device: TpmDevice; commands: number[] } {
  const commands: number[] = [];
  const device: TpmDevice = {
    async transmit(command) {
      commands.push(command.readUInt32BE(6));
      return answers.shift() ?? answer(0);
    },
    async close() {},
  };
  return { device, commands };
}

describe("TPM command", () => {
  it("a busy TPM is asked again", async () => {
    const { device, commands } = scripted(answer(0x922), answer(0x908), answer(0x90a));
    await execute(device, { name: "FlushContext" });
    expect(commands).toHaveLength(4);
  });

  it("a TPM that was not started is started", async () => {
    const { device, commands } = scripted(answer(0x100));
    await execute(device, { name: "GetCapability" });
    expect(commands).toEqual([0x17a, 0x144, 0x17a]);
  });

  it("an error says which command, what the TPM answered and what to try", async () => {
    const { device } = scripted(answer(0x9a2));
    await expect(execute(device, { name: "CreatePrimary" })).rejects.toThrow(
      expect.objectContaining({
        code: "CommandFailed",
        responseCode: 0x9a2,
        message: expect.stringMatching(/CreatePrimary .*TPM_RC_BAD_AUTH \(0x9a2\); clear the TPM/),
      }),
    );
  });

  it.each([Buffer.alloc(0), Buffer.alloc(9), Buffer.concat([u16(0x8001), u32(11), u32(0)])])(
    "a malformed answer is an error of the TPM",
    async (response) => {
      const { device } = scripted(response);
      await expect(execute(device, { name: "Load" })).rejects.toThrow(
        expect.objectContaining({ code: "UnexpectedAnswer" }),
      );
    },
  );
});

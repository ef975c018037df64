import { MessageType } from "@elemental/protocol";
import { describe, expect, test } from "vitest";
import { errorAnswer, liveSystem } from "../testing/index.ts";

const state = "oem/registration/state.yaml";

describe("refusals", () => {
  test("CLI-22 REG-68 an Error after Get ends the run with its text and leaves the state", async () => {
    const answer = (type: number) => (type === MessageType.Get ? errorAnswer("no address left") : undefined);
    await using system = await liveSystem({ answer });
    const { lab } = system;
    lab.write({ [state]: "{}\n" });
    const { status, stderr } = await lab.run();
    expect(status).toBe(255);
    expect(stderr).toContain("FATAL: no address left");
    expect(lab.read(state)).toBe("{}\n");
  });

  test("REG-67 an Error after Smbios ends the run", async () => {
    const answer = (type: number) => (type === MessageType.Smbios ? errorAnswer("not that") : undefined);
    await using system = await liveSystem({ answer });
    const { lab, server } = system;
    expect(await lab.run()).toMatchObject({ status: 255 });
    expect(lab.read(state)).toBe("{}\n");
    expect(server.attempts).toBe(1);
  });

  test("a machine that waits for approval says so in one line and tries again until it is in", async () => {
    let left = 2;
    const pending = errorAnswer("this machine waits for approval: approve MachineInventory m-1 (ApprovalPending)");
    const answer = (type: number) => (type === MessageType.Get && left-- > 0 ? pending : undefined);
    await using system = await liveSystem({ answer });
    const { lab, server } = system;
    const { status, stderr } = await lab.run("--retry-for", "1m");
    expect(status).toBe(0);
    expect(server.attempts).toBe(3);
    const lines = stderr.split("\n").filter((line) => line.includes("approve MachineInventory m-1"));
    expect(lines).toEqual([expect.stringContaining("trying again in"), expect.stringContaining("trying again in")]);
  });

  test("CLI-32 REG-20 a 401 shows the server's words", async () => {
    await using system = await liveSystem({ refuse: { status: 401, body: "EK not trusted\n" } });
    const { lab, server } = system;
    const { status, stderr } = await lab.run();
    expect(status).toBe(255);
    expect(stderr).toContain("EK not trusted");
    expect(server.attempts).toBe(1);
  });

  test("REG-20 another status is named, redirects are not followed", async () => {
    await using system = await liveSystem({ refuse: { status: 404, body: "not found\n" } });
    const { lab, server } = system;
    expect((await lab.run()).stderr).toContain("websocket: bad handshake (Status: 404");
    server.script.refuse = { status: 302, body: "", headers: { Location: server.url } };
    expect((await lab.run()).stderr).toContain("Status: 302");
    expect(server.attempts).toBe(2);
  });

  test("CLI-33 a server that never answers after Get is given up when the time is over", async () => {
    await using system = await liveSystem({ answer: (type) => (type === MessageType.Get ? "nothing" : undefined) });
    const { lab, server } = system;
    const { status, stderr } = await lab.run();
    expect(status).toBe(255);
    expect(stderr).toContain("did not finish the registration within 2 s");
    expect(server.attempts).toBe(1);
  });

  test("a close with a reason is a refusal that is shown", async () => {
    await using system = await liveSystem({
      answer: (_type, _payload, socket) => {
        socket.close(1008, "only one\nline");
        return "nothing";
      },
    });
    const { lab } = system;
    expect((await lab.run()).stderr).toContain("FATAL: the server refused this machine: only one line");
  });
});

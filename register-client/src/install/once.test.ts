import { rmSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { localHost } from "../host/host.ts";
import { addToolkit, liveSystem, toolkitRecord } from "../testing/index.ts";
import { exclusively } from "./exclusive.ts";

describe("a machine is installed once", () => {
  test("another run on the same live system installs nothing and asks no server", async () => {
    await using system = await liveSystem({});
    const { lab, server } = system;
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 0 });
    rmSync(join(lab.root, "elemental.argv"));
    const { status, stderr } = await lab.run("--once", "--install");
    expect(status).toBe(0);
    expect(stderr).toContain("[skip] already installed: restart the machine");
    expect(toolkitRecord(lab)).toBeUndefined();
    expect(server.attempts).toBe(1);
  });

  test("a failed installation is no installation", async () => {
    await using system = await liveSystem({});
    const { lab } = system;
    addToolkit(lab, 56);
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 255 });
    addToolkit(lab);
    expect(await lab.run("--once", "--install")).toMatchObject({ status: 0 });
  });

  test.each(["--install", "--reset"])("not while another process is at it: %s", async (mode) => {
    await using system = await liveSystem({});
    const { lab, server } = system;
    lab.write({ "run/elemental/recovery_mode": "1" });
    const { status, stderr } = await exclusively(localHost({}, lab.root), () => lab.run("--once", mode));
    expect(status).toBe(255);
    expect(stderr).toContain("another elemental-register is installing or resetting this machine");
    expect(server.attempts).toBe(0);
    expect(await lab.run("--once", mode)).toMatchObject({ status: 0 });
  });
});

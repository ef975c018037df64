import { expect, test } from "vitest";
import { sharedOptions } from "../../options/standalone-options.ts";
import { fromHere, reachableByGuests } from "./guest-network.ts";

const parsed = (flags: { listen: string; "server-url"?: string }) =>
  sharedOptions(
    { "api-listen": "127.0.0.1:0", "health-listen": "127.0.0.1:0", "log-level": "warn", ...flags },
    "/data",
  );

test("a server at the loopback address is told to machines by the address at which they find this machine", async () => {
  const options = await reachableByGuests(parsed({ listen: "127.0.0.1:8443" }));
  expect(options).toMatchObject({ listen: { host: "127.0.0.1", port: 8443 }, serverUrl: "https://10.0.2.2:8443" });
  const chosen = await reachableByGuests(parsed({ listen: "127.0.0.1:0" }));
  expect(chosen.listen.port).toBeGreaterThan(0);
  expect(chosen.serverUrl).toBe(`https://10.0.2.2:${chosen.listen.port}`);
  expect(fromHere("https://10.0.2.2:8443/elemental/x")).toBe("https://127.0.0.1:8443/elemental/x");
});

test.each([{ listen: "192.0.2.1:8443" }, { listen: "127.0.0.1:0", "server-url": "https://lab.example" }])(
  "%j stays as it is",
  async (flags) => expect(await reachableByGuests(parsed(flags))).toEqual(parsed(flags)),
);

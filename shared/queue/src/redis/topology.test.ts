import { expect, test } from "vitest";
import { parseRedisUrl, type Topology } from "./topology.ts";

const single: Topology = { kind: "single", tls: false, hosts: [{ host: "r", port: 6379 }], db: 0 };

test.each<[string, Topology]>([
  ["redis://r", single],
  ["redis://r/", single],
  ["redis://r:6380/2", { ...single, hosts: [{ host: "r", port: 6380 }], db: 2 }],
  ["rediss://:p%40ss@[::1]:1", { ...single, tls: true, hosts: [{ host: "::1", port: 1 }], password: "p@ss" }],
  ["redis://u:a:b@r", { ...single, username: "u", password: "a:b" }],
  [
    "redis+sentinel://:secret@a,b:1/mine/3?sentinelPassword=other",
    {
      kind: "sentinel",
      tls: false,
      hosts: [
        { host: "a", port: 26379 },
        { host: "b", port: 1 },
      ],
      password: "secret",
      master: "mine",
      sentinelPassword: "other",
      db: 3,
    },
  ],
  [
    "rediss+cluster://a:1,b",
    {
      kind: "cluster",
      tls: true,
      hosts: [
        { host: "a", port: 1 },
        { host: "b", port: 6379 },
      ],
      db: 0,
    },
  ],
])("%s", (url, topology) => {
  expect(parseRedisUrl(url)).toEqual(topology);
});

test.each([
  ["http://:secret@r", /is none/],
  ["redis+sentinel://:secret@a", /must name the master/],
  ["redis+cluster://:secret@a/1", /no other database/],
  ["redis://:secret@r/x", /must be a number/],
  ["redis://:secret@a:b:c", /has a host that is none/],
])("%s is refused without telling it", (url, message) => {
  expect(() => parseRedisUrl(url)).toThrow(message);
  expect(() => parseRedisUrl(url)).not.toThrow(/secret/);
});

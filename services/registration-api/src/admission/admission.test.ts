import type { IncomingMessage } from "node:http";
import { describe, expect, test } from "vitest";
import { Admission, type AdmissionLimits } from "./admission.ts";
import { clientAddress } from "./client-address.ts";
import { MemoryGuard } from "./memory-guard.ts";
import { TokenBuckets } from "./token-buckets.ts";

const plenty = { perSecond: 1000, burst: 1000 };
const limits: AdmissionLimits = {
  conversations: 3,
  conversationsPerAddress: 2,
  perAddress: plenty,
  perRegistration: plenty,
};

describe("conversations at once", () => {
  test("are bounded from one address, then in all", () => {
    const admission = new Admission(limits);
    const { leave } = admission.enter("a");
    admission.enter("a");
    expect(() => admission.enter("a")).toThrow(
      expect.objectContaining({ code: "TooManyRequests", retryAfterSeconds: 1 }),
    );
    admission.enter("b");
    expect(() => admission.enter("c")).toThrow(expect.objectContaining({ code: "Busy" }));
    leave();
    admission.enter("a");
    expect(admission.conversations).toBe(3);
  });

  test("an unknown address counts in all only", () => {
    const admission = new Admission(limits);
    for (let i = 0; i < 3; i++) admission.enter(undefined);
    expect(() => admission.enter(undefined)).toThrow(expect.objectContaining({ code: "Busy" }));
  });

  test("idle resolves when the last one has left", async () => {
    const admission = new Admission(limits);
    await admission.idle();
    const { leave } = admission.enter("a");
    const order: string[] = [];
    const idle = admission.idle().then(() => order.push("idle"));
    await Promise.resolve();
    order.push("left");
    leave();
    await idle;
    expect(order).toEqual(["left", "idle"]);
  });
});

describe("rates", () => {
  test("a bucket allows a burst, then its rate, per key", () => {
    let now = 0;
    const buckets = new TokenBuckets({ perSecond: 2, burst: 3 }, () => now);
    expect([1, 2, 3].map(() => buckets.take("a"))).toEqual([0, 0, 0]);
    expect(buckets.take("a")).toBeCloseTo(0.5);
    expect(buckets.take("b")).toBe(0);
    now = 500;
    expect(buckets.take("a")).toBe(0);
    expect(buckets.take("a")).toBeGreaterThan(0);
    now = 1_000_000;
    expect([1, 2, 3, 4].map(() => buckets.take("a") > 0)).toEqual([false, false, false, true]);
  });

  test("many keys do not fill the memory, and forget the quiet ones", () => {
    const buckets = new TokenBuckets({ perSecond: 1, burst: 1 }, () => 0);
    buckets.take("first");
    for (let i = 0; i < 30_000; i++) buckets.take(`k${i}`);
    expect(buckets.take("first")).toBe(0);
    expect(buckets.take("k29999")).toBeGreaterThan(0);
  });

  test("requests and handshakes have rates of their own", () => {
    const admission = new Admission(
      { ...limits, perAddress: { perSecond: 1, burst: 1 }, perRegistration: { perSecond: 1, burst: 2 } },
      () => 0,
    );
    admission.request("a");
    admission.request("b");
    admission.request(undefined);
    admission.request(undefined);
    expect(() => admission.request("a")).toThrow(
      expect.objectContaining({ code: "TooManyRequests", retryAfterSeconds: 1 }),
    );
    admission.handshake("r");
    admission.handshake("r");
    expect(() => admission.handshake("r")).toThrow(expect.objectContaining({ code: "TooManyRequests" }));
  });
});

describe("client address", () => {
  const from = (remoteAddress: string, forwarded?: string, proxies: string[] = []) =>
    clientAddress(proxies)({
      socket: { remoteAddress },
      headers: { "x-forwarded-for": forwarded },
    } as unknown as IncomingMessage);

  test.each([
    ["the peer", "192.0.2.1", undefined, "192.0.2.1"],
    ["the peer, whatever it claims", "192.0.2.1", "10.0.0.1", "192.0.2.1"],
    ["the peer as IPv4", "::ffff:192.0.2.1", undefined, "192.0.2.1"],
    ["the network of an IPv6 peer", "2001:db8:1:2:3::4", undefined, "2001:db8:1:2::/64"],
    ["the network of a short IPv6 peer", "2001:db8::4", undefined, "2001:db8:0:0::/64"],
    ["nobody behind a tunnel that does not say", "127.0.0.1", undefined, undefined],
    ["the last one that a tunnel names", "127.0.0.1", "10.9.9.9, 192.0.2.7", "192.0.2.7"],
    ["nobody when a tunnel names nonsense", "::1", "x", undefined],
    ["the last one that a configured proxy names", "10.1.2.3", "192.0.2.7", "192.0.2.7"],
  ])("is %s", (_name, remote, forwarded, expected) => {
    expect(from(remote, forwarded, ["10.1.0.0/16"])).toBe(expected);
  });

  test("a proxy that is no address is refused at the start", () => {
    expect(() => clientAddress(["proxy.example.com"])).toThrow('"proxy.example.com" is no IP address or CIDR range');
  });
});

describe("memory guard", () => {
  test("ends the largest until the rest fits", () => {
    const guard = new MemoryGuard(100);
    const ended: number[] = [];
    const add = (bytesRead: number) => guard.add({ bytesRead, terminate: () => ended.push(bytesRead) });
    add(40);
    const release = add(30);
    guard.check();
    expect(ended).toEqual([]);
    add(90);
    add(50);
    guard.check();
    expect(ended).toEqual([90, 50]);
    release();
    add(60);
    guard.check();
    expect(ended).toEqual([90, 50]);
    guard.stop();
  });
});

import { finalizers, randomToken } from "@elemental/api";
import { describe, expect, it } from "vitest";
import { readiness, registration } from "../testing/builders.ts";
import { operationNames, random, readyStatus, runAt, url } from "../testing/registrations.ts";

const run = runAt(new Date("2026-01-02T03:04:05Z"));
const operationsOf = (parts: Parameters<typeof run>[0]) => operationNames(run(parts));

describe("token and URL", () => {
  it("C-011 a random token of 54 characters", () => {
    expect(randomToken()).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{54}$/);
    expect(randomToken()).not.toBe(randomToken());
  });

  it.each<{ title: string; spec?: string; stored?: string; serverUrl?: string; token: string }>([
    { title: "C-011 a new registration gets a random token", token: random },
    { title: "C-012 spec.token is used as it is", spec: "site-a", token: "site-a" },
    {
      title: "C-017 a changed static token replaces the stored one",
      spec: "site-b",
      stored: "site-a",
      token: "site-b",
    },
    { title: "C-018 a removed static token becomes a random one", stored: "site-a", token: random },
    { title: "a stored random token stays", stored: "c".repeat(54), token: "c".repeat(54) },
    {
      title: "C-019 a changed server-url changes the URL",
      stored: random,
      serverUrl: "https://new.example/",
      token: random,
    },
  ])("$title", ({ spec, stored, serverUrl = url, token }) => {
    const status = stored ? { ...readyStatus, registrationToken: stored } : {};
    const outcome = run({
      registration: registration({ spec: spec ? { token: spec } : {}, status }),
      serverUrl: { url: serverUrl },
    });
    expect(outcome.status).toMatchObject({
      registrationToken: token,
      registrationURL: `${serverUrl.replace(/\/$/, "")}/elemental/registration/${token}`,
    });
    expect(readiness(outcome.status?.conditions)).toBe("True SuccessfullyCreated: ");
  });

  it("C-013 without the setting server-url the token is stored and the reason told", () => {
    const problem = 'failed to get server url setting: settings.management.cattle.io "server-url" not found';
    const outcome = run({ registration: registration(), serverUrl: { problem } });
    expect(readiness(outcome.status?.conditions)).toBe(
      `False MissingTokenOrServerURL: failed to get the server url: ${problem}`,
    );
    expect(outcome.status?.registrationToken).toBe(random);
    expect(outcome.status?.registrationURL).toBeUndefined();
    expect(outcome.error).toBeDefined();
  });

  it("C-014 an empty server-url is told apart", () => {
    const outcome = run({ registration: registration(), serverUrl: { problem: "server-url is not set" } });
    expect(readiness(outcome.status?.conditions)).toContain("failed to get the server url: server-url is not set");
  });

  it("a ready registration keeps its URL when the setting is lost", () => {
    const outcome = run({ registration: registration({ status: readyStatus }), serverUrl: { problem: "gone" } });
    expect(outcome.status).toEqual(readyStatus);
  });

  it("a short static token is warned about once", () => {
    const spec = { token: "site-a" };
    expect(run({ registration: registration({ spec }) }).events).toContainEqual(
      expect.objectContaining({ reason: "ShortToken" }),
    );
    const status = { ...readyStatus, registrationToken: "site-a" };
    expect(run({ registration: registration({ spec, status }) }).events).toEqual([]);
  });
});

describe("duplicate tokens", () => {
  const spec = { token: "site-a" };
  const status = { registrationToken: "site-a" };
  const other = (creationTimestamp: string) =>
    registration({
      spec,
      status,
      metadata: { name: "first", namespace: "other", uid: "uid-first", creationTimestamp },
    });

  it("C-015 a token that another registration has is refused, naming it", () => {
    const outcome = run({ registration: registration({ spec }), holders: [other("2026-01-03T00:00:00Z")] });
    expect(readiness(outcome.status?.conditions)).toBe(
      'False DuplicateToken: token "site-a" is already in use by other/first: duplicate token',
    );
    expect(outcome.status).not.toHaveProperty("registrationToken");
    expect(outcome.operations).toBeUndefined();
    expect(outcome.error?.message).not.toContain("site-a");
  });

  it.each([
    { title: "the younger gives its token up", holder: "2025-01-01T00:00:00Z", ready: "False DuplicateToken" },
    { title: "the older keeps it", holder: "2026-06-01T00:00:00Z", ready: "True SuccessfullyCreated" },
    { title: "of equal age the lower UID keeps it", holder: "2026-01-01T00:00:00Z", ready: "False DuplicateToken" },
  ])("C-016 of two that stored it at the same time $title", ({ holder, ready }) => {
    const self = registration({ spec, status });
    const outcome = run({ registration: self, holders: [self, other(holder)] });
    expect(readiness(outcome.status?.conditions)).toContain(ready);
  });
});

describe("life cycle", () => {
  it("C-024 the legacy finalizer is removed from a deleted registration", () => {
    const metadata = {
      deletionTimestamp: "2026-01-02T00:00:00Z",
      finalizers: ["other", finalizers.legacyMachineRegistration],
    };
    expect(run({ registration: registration({ metadata }) })).toEqual({
      operations: [
        expect.objectContaining({
          patch: { type: "merge", body: { metadata: { finalizers: ["other"], resourceVersion: "1" } } },
        }),
      ],
    });
    expect(operationsOf({ registration: registration({ metadata: { ...metadata, finalizers: ["other"] } }) })).toEqual(
      [],
    );
  });

  it("C-026 conditions that miss something are dropped", () => {
    const conditions = [{ type: "Old", status: "True" } as never, ...readyStatus.conditions];
    const outcome = run({ registration: registration({ status: { ...readyStatus, conditions } }) });
    expect(outcome.status?.conditions?.map(({ type }) => type)).toEqual(["Ready"]);
  });

  it("a second run of a settled registration changes nothing", () => {
    const outcome = run({ registration: registration({ status: readyStatus }) });
    expect(outcome).toEqual({ operations: [], events: [], status: readyStatus });
  });
});

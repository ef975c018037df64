import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { retryAfter } from "../connection/upgrade.ts";
import { selectDevice } from "../device/select.ts";
import { ClientError, messageOf } from "../errors.ts";
import { installArguments, installEnvironment, resetEnvironment } from "../install/environment.ts";
import { hookDocument } from "../install/hook.ts";
import { writtenConnections } from "../network/connections.ts";
import { oneLine } from "../output/one-line.ts";
import { redact } from "../output/redact.ts";
import type { ParsedYip } from "../testing/index.ts";
import { mergeLocal } from "./local.ts";
import { applyReceived } from "./received.ts";

const local = mergeLocal({ file: undefined, env: {}, flags: new Map() });
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: "binary" }),
  fc.constantFrom("{{ .X }}", "{ip}", "a,b", "yes", "1e3", "#x"),
);
const scalar = fc.oneof(text, fc.boolean(), fc.integer(), fc.constant(null));
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: undefined, freq: 2 });
const wild = fc.anything({ withNullPrototype: false, maxDepth: 3 });

/** Documents of the right shape with any values in them, and some of a wrong shape. */
const received = fc.record({
  elemental: fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        registration: maybe(fc.record({ url: maybe(text), "ca-cert": maybe(text), auth: maybe(text) })),
        install: maybe(
          fc.record({
            device: maybe(text),
            "config-urls": maybe(fc.array(text, { maxLength: 3 })),
            "system-uri": maybe(text),
            snapshotter: maybe(fc.record({ type: maybe(text), maxSnaps: maybe(fc.integer()) })),
            "device-selector": maybe(
              fc.array(
                fc.record({
                  key: fc.constantFrom("Name", "Size", "x"),
                  operator: fc.constantFrom("In", "NotIn", "Gt", "Lt", "Eq"),
                  values: fc.array(fc.oneof(text, fc.constantFrom("10Gi", "1e9", "-1", "vda")), { maxLength: 2 }),
                }),
                { maxLength: 3 },
              ),
            ),
          }),
        ),
        "system-agent": maybe(fc.record({ token: maybe(text), url: maybe(text), "secret-name": maybe(text) })),
      }),
    },
    { weight: 1, arbitrary: wild },
  ),
  "cloud-config": fc.oneof(
    { weight: 5, arbitrary: fc.dictionary(text, fc.oneof(scalar, fc.array(scalar), fc.dictionary(text, scalar))) },
    { weight: 1, arbitrary: wild },
  ),
  configurator: maybe(fc.constantFrom("nmconnections", "none", "")),
  ipAddresses: maybe(fc.dictionary(text, text)),
  config: maybe(fc.dictionary(text, scalar)),
});

function json(value: unknown): Buffer {
  return Buffer.from(
    JSON.stringify(value, (_key, member) => (typeof member === "bigint" ? Number(member) : member)) ?? "",
  );
}

/** All that is made of a received document before the toolkit is called; the hook that carries it. */
function prepare(document: Buffer): string {
  const state = { initialRegistration: "2026-01-31T10:20:30Z", emulatedTpm: false, emulatedTpmSeed: 0n };
  const given = applyReceived(local, document);
  const { install, reset } = given.config;
  redact(given);
  installArguments(install);
  for (const value of Object.values({ ...installEnvironment(install, "/dev/vda"), ...resetEnvironment(reset) })) {
    expect(typeof value).toBe("string");
  }
  return hookDocument("install", { received: given, state, network: "{}\n" });
}

test("whatever configuration is received, it is refused by a ClientError or becomes a hook that YAML reads back", () => {
  fc.assert(
    fc.property(received, (value) => {
      let hook: string;
      try {
        hook = prepare(json(value));
      } catch (error) {
        expect(error).toBeInstanceOf(ClientError);
        return;
      }
      const { stages } = parse(hook) as ParsedYip;
      const steps = stages["before-install"] ?? [];
      expect(steps).toHaveLength(5);
      for (const index of [0, 1, 3]) parse(steps[index]?.files?.[0]?.content ?? "");
    }),
    { numRuns: 500 },
  );
});

test("whatever a selector or a connection says, there is a result or an Error in one line", () => {
  const disks = [{ name: "vda", sizeBytes: 10n ** 10n, readOnly: false, hidden: false }];
  const requirement = fc.record({
    key: text,
    operator: fc.oneof(text, fc.constantFrom("In", "Gt")),
    values: fc.array(text),
  });
  const network = fc.record({
    configurator: fc.constant("nmconnections"),
    ipAddresses: fc.dictionary(text, text),
    config: fc.dictionary(text, scalar),
  });
  fc.assert(
    fc.property(fc.array(requirement, { maxLength: 3 }), network, (requirements, connections) => {
      for (const decide of [
        () => selectDevice(disks, requirements, undefined),
        () => writtenConnections(connections),
      ]) {
        try {
          decide();
        } catch (error) {
          expect(error).not.toBeInstanceOf(TypeError);
          expect(oneLine(messageOf(error))).not.toMatch(/[\p{Cc}]/u);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test("any header and any words of a server are harmless", () => {
  fc.assert(
    fc.property(text, fc.nat(), (header, now) => {
      const { retryAfterMs = 0 } = retryAfter(header, now);
      expect(retryAfterMs).toBeGreaterThanOrEqual(0);
      expect(oneLine(header)).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
});

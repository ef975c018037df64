import { createPublicKey } from "node:crypto";
import { type MachineRegistration, machineInventories, machineRegistrations, secrets } from "@elemental/api";
import { certificateFor, makeAuthority, softwareDocument, softwareMachine } from "@elemental/tpm/testing";
import { afterAll, beforeAll, describe, expect, inject, test, vi } from "vitest";
import { type Knock, knock, refusedAs } from "./knock.ts";
import { ak, asThief, byMac, forTpms, guess, newMachine, thief, victim } from "./machines.ts";
import { type AttackedSystem, startSystem, type Target } from "./system.ts";

type Spec = NonNullable<MachineRegistration["spec"]>;

let system: AttackedSystem;
beforeAll(async () => {
  system = await startSystem(inject("kubeconfig"));
});
afterAll(() => system?.stop());

const longAgo = "2020-01-01T00:00:00Z";

async function trust(target: Target, pem: string): Promise<void> {
  const metadata = { namespace: target.namespace, name: "tpm-ca" };
  const data = { "tls.crt": Buffer.from(pem).toString("base64") };
  await system.kube.create(secrets, { apiVersion: "v1", kind: "Secret", metadata, data });
}

describe("stolen registration document", () => {
  test.each<[string, string, Spec, Knock]>([
    ["a hardware address instead of the TPM", "MethodNotAccepted", {}, byMac],
    [
      "a TPM that is not on the list",
      "MachineNotAllowed",
      { allowedMachines: { tpmHashes: ["0".repeat(64)] } },
      asThief,
    ],
    ["after the token's end", "TokenExpired", { tokenPolicy: { expiresAt: longAgo } }, asThief],
    ["more machines than it is for", "RegistrationsExhausted", { tokenPolicy: { maxRegistrations: 0 } }, asThief],
    [
      "a software TPM where certificates are required",
      "TrustAnchorsMissing",
      { tpm: { requireCertificate: true } },
      asThief,
    ],
    ["a client without measured boot", "QuoteUnsupported", { tpm: { measuredBoot: { mode: "Enforce" } } }, asThief],
  ])("%s: refused as %s", async (_title, code, spec, attempt) => {
    const target = await system.open(forTpms(spec));
    const said = await system.unharmed(target, () => knock(system, target, attempt));
    expect(said).toMatch(refusedAs(code));
  });

  test("a revoked machine: refused as MachineDenied, and its token by the gateway", async () => {
    const target = await system.open(forTpms());
    const machine = newMachine();
    expect(await knock(system, target, machine)).toMatch(/^elemental:/);
    const [inventory] = (await system.kube.list(machineInventories, { namespace: target.namespace })).items;
    const body = { spec: { deny: [inventory?.spec?.tpmHash] } };
    await system.kube.patch(
      machineRegistrations,
      { namespace: target.namespace, name: "target" },
      { type: "merge", body },
    );
    await vi.waitFor(
      async () => expect(await knock(system, target, machine)).toMatch(refusedAs("MachineDenied")),
      10_000,
    );
    await settled(target);
    const said = await system.unharmed(target, () => knock(system, target, machine));
    expect(said).toMatch(refusedAs("MachineDenied"));
  });

  test("a certificate of an authority of the thief's own: refused as EkCertificateUntrusted", async () => {
    const target = await system.open(forTpms({ tpm: { requireCertificate: true } }));
    await trust(target, (await makeAuthority("CN=Maker")).pem);
    const { pem } = await certificateFor(createPublicKey(thief), { issuer: await makeAuthority("CN=Maker") });
    const attempt = { ...asThief, authorization: `Bearer TPM${softwareDocument(pem, ak)}` };
    await vi.waitFor(async () => {
      const said = await system.unharmed(target, () => knock(system, target, attempt));
      expect(said).toMatch(refusedAs("EkCertificateUntrusted"));
    }, 10_000);
  });

  test("the certificate of another machine: refused as SecretMismatch", async () => {
    const maker = await makeAuthority("CN=Maker");
    const target = await system.open(forTpms({ tpm: { requireCertificate: true } }));
    await trust(target, maker.pem);
    const { pem } = await certificateFor(createPublicKey(victim), { issuer: maker });
    const attempt = { authorization: `Bearer TPM${softwareDocument(pem, ak)}`, answer: guess };
    await vi.waitFor(async () => {
      const said = await system.unharmed(target, () => knock(system, target, attempt));
      expect(said).toMatch(refusedAs("SecretMismatch"));
    }, 10_000);
  });
});

describe("mixed methods", () => {
  test.each<[string, string, string]>([
    ["the hash of a TPM as a hardware address", "MethodNotAccepted", `Bearer PLAIN${"a".repeat(64)}`],
    [
      "a document behind the wrong prefix",
      "AuthorizationMalformed",
      `Bearer PLAIN${softwareMachine(thief, ak).document}`,
    ],
    ["both in one header", "AuthorizationMalformed", `Bearer PLAINx, ${asThief.authorization}`],
    ["another scheme", "AuthorizationMalformed", `Basic ${Buffer.from("a:b").toString("base64")}`],
    ["another case of the scheme", "AuthorizationMalformed", "bearer PLAINx"],
  ])("%s: refused as %s", async (_title, code, authorization) => {
    const target = await system.open(forTpms());
    const said = await system.unharmed(target, () => knock(system, target, { authorization }));
    expect(said).toMatch(/^401 /);
    expect(said).toMatch(refusedAs(code));
  });

  test("allow-any-auth does not open a registration that requires a certificate: refused as MethodNotAccepted", async () => {
    const target = await system.open(forTpms({ tpm: { requireCertificate: true } }));
    const body = { metadata: { annotations: { "elemental.cattle.io/allow-any-auth": "true" } } };
    await system.kube.patch(
      machineRegistrations,
      { namespace: target.namespace, name: "target" },
      { type: "merge", body },
    );
    await settled(target);
    const said = await system.unharmed(target, () => knock(system, target, byMac));
    expect(said).toMatch(refusedAs("MethodNotAccepted"));
  });

  test("a machine that registered elsewhere: refused as RegisteredElsewhere", async () => {
    const machine = newMachine();
    const home = await system.open(forTpms());
    expect(await knock(system, home, machine)).toMatch(/^elemental:/);
    const target = await system.open(forTpms());
    const said = await system.unharmed(target, () => knock(system, target, machine));
    expect(said).toMatch(refusedAs("RegisteredElsewhere"));
  });
});

/** Resolves when the services have written what follows from a change. */
async function settled({ namespace }: Target): Promise<void> {
  let before = "";
  await vi.waitFor(
    async () => {
      const lists = await Promise.all([
        system.kube.list(machineInventories, { namespace }),
        system.kube.list(machineRegistrations, { namespace }),
        system.kube.list(secrets, { namespace }),
      ]);
      const now = lists.flatMap(({ items }) => items.map(({ metadata }) => metadata.resourceVersion)).join();
      const same = now === before;
      before = now;
      expect(same).toBe(true);
    },
    { timeout: 10_000, interval: 400 },
  );
}

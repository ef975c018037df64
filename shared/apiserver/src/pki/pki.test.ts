import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { connect } from "node:tls";
import { afterEach, beforeEach, expect, test } from "vitest";
import { parse } from "yaml";
import { kubeconfig, openAuthority, openPki, type Pki, writeKubeconfig } from "./index.ts";
import { fileStore } from "./store.ts";

const day = 86_400_000;
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "pki-"));
});
afterEach(() => rm(directory, { recursive: true, force: true }));

test("server and client verify each other over TLS", async () => {
  const pki = await openPki({ directory, hosts: ["elemental.example", "192.0.2.7", "2001:db8::7"] });
  const server = createServer({
    cert: pki.server.certificate,
    key: pki.server.key,
    ca: pki.authority.certificate,
    requestCert: true,
    rejectUnauthorized: true,
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const accepted = once(server, "secureConnection");
  const socket = connect({
    host: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    ca: pki.authority.certificate,
    cert: pki.administrator.certificate,
    key: pki.administrator.key,
  });
  const [[peer]] = (await Promise.all([accepted, once(socket, "secureConnect")])) as [[TLSSocket], unknown];
  expect(peer.getPeerCertificate().subject).toMatchObject({ CN: "kubernetes-admin", O: "system:masters" });
  expect(socket.authorized).toBe(true);
  socket.destroy();
  server.close();
});

test.each(["localhost", "kubernetes.default.svc", "elemental.example"])(
  "the server certificate covers %s",
  async (h) => {
    const pki = await openPki({ hosts: ["elemental.example"] });
    expect(new X509Certificate(pki.server.certificate).checkHost(h)).toBe(h);
  },
);

test.each(["127.0.0.1", "::1", "192.0.2.7", "2001:db8::7"])("the server certificate covers address %s", async (ip) => {
  const pki = await openPki({ hosts: ["192.0.2.7", "2001:db8::7"] });
  expect(new X509Certificate(pki.server.certificate).checkIP(ip)).toBe(ip);
});

test("the authority is one, the leaves are none", async () => {
  const pki = await openPki();
  const authority = new X509Certificate(pki.authority.certificate);
  expect(authority.ca).toBe(true);
  for (const leaf of [pki.server, pki.administrator]) {
    const certificate = new X509Certificate(leaf.certificate);
    expect(certificate.ca).toBe(false);
    expect(certificate.checkIssued(authority)).toBe(true);
    expect(certificate.verify(authority.publicKey)).toBe(true);
  }
});

test("a restart reuses everything", async () => {
  const first = await openPki({ directory });
  expect(contents(await openPki({ directory }))).toEqual(contents(first));
});

test("private keys are readable by their owner only", async () => {
  await openPki({ directory });
  const names = await readdir(directory);
  expect(names.sort()).toEqual(
    ["admin.crt", "admin.key", "apiserver.crt", "apiserver.key", "ca.crt", "ca.key", "sa.crt", "sa.key"].sort(),
  );
  for (const name of names.filter((n) => n.endsWith(".key"))) {
    expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600);
  }
});

test.each([
  { what: "kept while 31 days are left", days: 365 - 31, server: true, ca: true },
  { what: "renewed when 29 days are left", days: 365 - 29, server: false, ca: true },
  {
    what: "renewed with its authority",
    days: 3650 - 364,
    server: false,
    ca: false,
  },
])("the server certificate is $what", async ({ days, server, ca }) => {
  const first = await openPki({ directory });
  const later = await openPki({ directory, now: () => new Date(Date.now() + days * day) });
  expect(later.server.certificate === first.server.certificate).toBe(server);
  expect(later.authority.certificate === first.authority.certificate).toBe(ca);
  expect(later.signingKey).toBe(first.signingKey);
});

test("other hosts renew the server certificate only", async () => {
  const first = await openPki({ directory, hosts: ["a.example", "b.example"] });
  const reordered = await openPki({ directory, hosts: ["b.example", "a.example"] });
  expect(contents(reordered)).toEqual(contents(first));
  const changed = await openPki({ directory, hosts: ["a.example"] });
  expect(changed.server.certificate).not.toBe(first.server.certificate);
  expect(changed.administrator).toEqual(first.administrator);
});

test("a damaged leaf is replaced, a damaged authority is reported", async () => {
  const first = await openPki({ directory });
  await writeFile(join(directory, "apiserver.key"), "rubbish");
  const repaired = await openPki({ directory });
  expect(repaired.server.certificate).not.toBe(first.server.certificate);
  await writeFile(join(directory, "ca.key"), first.administrator.key);
  await expect(openPki({ directory })).rejects.toThrow(/ca\.crt and ca\.key do not belong together/);
});

test("an authority issues further server certificates", async () => {
  const authority = await openAuthority({ store: fileStore(directory), commonName: "registration" });
  const issued = await authority.credential("registration", { commonName: "registration", hosts: ["10.0.0.1"] });
  expect(new X509Certificate(issued.certificate).checkIP("10.0.0.1")).toBe("10.0.0.1");
});

test("the kubeconfig carries authority and client certificate and is private", async () => {
  const pki = await openPki({ directory });
  const path = join(directory, "deep", "kubeconfig");
  await writeKubeconfig(path, "https://127.0.0.1:6443", pki);
  expect((await stat(path)).mode & 0o777).toBe(0o600);
  const config = parse(kubeconfig("https://127.0.0.1:6443", pki));
  expect(config["current-context"]).toBe("elemental");
  const [{ cluster }] = config.clusters;
  expect(cluster.server).toBe("https://127.0.0.1:6443");
  expect(decode(cluster["certificate-authority-data"])).toBe(pki.authority.certificate);
  expect(decode(config.users[0].user["client-certificate-data"])).toBe(pki.administrator.certificate);
  expect(decode(config.users[0].user["client-key-data"])).toBe(pki.administrator.key);
});

function contents(pki: Pki) {
  const { server, administrator, signingKey } = pki;
  return { authority: pki.authority.certificate, server, administrator, signingKey };
}

function decode(base64: string): string {
  return Buffer.from(base64, "base64").toString();
}

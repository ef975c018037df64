import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { memoryStore, openAuthority } from "@elemental/apiserver";
import { describe, expect, test } from "vitest";
import { oneLine } from "../output/one-line.ts";
import { createLab, type Lab, type ScriptedServer, startScriptedServer } from "../testing/index.ts";
import { websocketUrl } from "./dial.ts";
import { connectionFailure } from "./failure.ts";
import { proxyFor, type Target } from "./proxy.ts";
import { retryAfter } from "./upgrade.ts";

const now = new Date();
const day = 86_400_000;
/** When certificates are issued. */
let issueTime = now;
const makeAuthority = (commonName: string) => openAuthority({ store: memoryStore(), commonName, now: () => issueTime });
const authority = await makeAuthority("Test authority");

/** A TLS server whose certificate was made at `issued`, and a machine that knows its URL. */
async function secured({ issued = now, hosts = ["127.0.0.1"] } = {}) {
  issueTime = issued;
  const name = `server ${issued.getTime()}`;
  const { certificate, key } = await authority.credential(name, { commonName: "server", hosts });
  issueTime = now;
  const server = await startScriptedServer({ tls: { cert: certificate, key } });
  const lab = createLab();
  return {
    server,
    lab,
    async [Symbol.asyncDispose]() {
      await server.close();
      lab[Symbol.dispose]();
    },
  };
}

function configure(lab: Lab, { url }: ScriptedServer, ca: string): void {
  const registration = { url, auth: "mac", "ca-cert": ca };
  lab.write({ "oem/registration/config.yaml": JSON.stringify({ elemental: { registration } }) });
}

describe("trust", () => {
  test("CLI-29 ca-cert as the path of a file", async () => {
    await using system = await secured();
    const { lab, server } = system;
    lab.write({ "etc/ca.pem": authority.certificate });
    configure(lab, server, "/etc/ca.pem");
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
  });

  test("CLI-30 ca-cert as text, the system's roots stay trusted", async () => {
    await using system = await secured();
    const { lab, server } = system;
    configure(lab, server, authority.certificate);
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
    const other = await makeAuthority("Another authority");
    lab.write({ "etc/roots.pem": authority.certificate });
    lab.env["SSL_CERT_FILE"] = "/etc/roots.pem";
    configure(lab, server, other.certificate);
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
  });

  test("CLI-31 a ca-cert without a certificate is named, nothing is dialled", async () => {
    await using system = await secured();
    const { lab, server } = system;
    for (const ca of ["garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "/etc"]) {
      configure(lab, server, ca);
      const { status, stderr } = await lab.run("--once");
      expect(status).toBe(255);
      expect(stderr).toMatch(/FATAL: .*ca-cert/);
    }
    expect(server.attempts).toBe(0);
  });

  test("CLI-31 a server that ca-cert did not sign is refused at once", async () => {
    await using system = await secured();
    const { lab, server } = system;
    configure(lab, server, (await makeAuthority("Another authority")).certificate);
    const { status, stderr } = await lab.run();
    expect(status).toBe(255);
    expect(stderr).toContain("is signed neither by ca-cert nor by a root of this system");
  });

  test("a certificate that is not valid yet is explained by the clock", async () => {
    await using system = await secured({ issued: new Date(now.getTime() + 10 * day) });
    const { lab, server } = system;
    configure(lab, server, authority.certificate);
    const { stderr } = await lab.run("--once");
    expect(stderr).toMatch(/is not valid yet: this machine's clock says \d{4}-\d\d-\d\dT/);
  });

  test("a certificate for another name is refused", async () => {
    await using system = await secured({ hosts: ["elsewhere.example.org"] });
    const { lab, server } = system;
    configure(lab, server, authority.certificate);
    expect((await lab.run("--once")).stderr).toContain("does not match certificate");
  });
});

test("an unreachable server is named with what to check", async () => {
  using lab = createLab();
  const url = "http://127.0.0.1:1/elemental/registration/x";
  const { status, stderr } = await lab.run("--once", "--auth", "mac", "--registration-url", url);
  expect(status).toBe(255);
  expect(stderr).toContain("FATAL: cannot reach 127.0.0.1:1: it refuses the connection");
});

test.each([
  ["ENOTFOUND", "is DNS working?"],
  ["EAI_AGAIN", "is the network up?"],
  ["ENETUNREACH", "is the network up?"],
  ["ETIMEDOUT", "does not answer"],
])("%s may pass by itself", (code, hint) => {
  const target: Target = { host: "h", port: 443, secure: true };
  const failure = connectionFailure(Object.assign(new Error("x"), { code }), target, now);
  expect(failure).toMatchObject({ code: "Unreachable" });
  expect(failure.message).toContain(hint);
  expect(connectionFailure(new AggregateError([Object.assign(new Error("x"), { code })]), target, now).code).toBe(
    "Unreachable",
  );
});

describe("proxies", () => {
  const target: Target = { host: "rancher.example.org", port: 443, secure: true };
  test.each([
    [{}, undefined],
    [{ HTTPS_PROXY: "http://p:3128" }, "p:3128"],
    [{ https_proxy: "p:3128" }, "p:3128"],
    [{ HTTP_PROXY: "http://p:3128" }, undefined],
    [{ HTTPS_PROXY: "http://p:3128", NO_PROXY: "example.org" }, undefined],
    [{ HTTPS_PROXY: "http://p:3128", no_proxy: "other.org, .example.org" }, undefined],
    [{ HTTPS_PROXY: "http://p:3128", NO_PROXY: "rancher.example.org:8443" }, "p:3128"],
    [{ HTTPS_PROXY: "http://p:3128", NO_PROXY: "rancher.example.org:443" }, undefined],
    [{ HTTPS_PROXY: "http://p:3128", NO_PROXY: "*" }, undefined],
    [{ HTTPS_PROXY: "http://p:3128", NO_PROXY: "cher.example.org,10.0.0.0/8" }, "p:3128"],
  ])("%j", (env, expected) => {
    expect(proxyFor(target, env)?.host).toBe(expected);
  });

  test.each(["localhost", "127.0.0.1", "127.8.8.8", "::1"])("%s is never proxied", (host) => {
    expect(proxyFor({ host, port: 80, secure: false }, { HTTP_PROXY: "http://p:3128" })).toBeUndefined();
  });

  test.each([
    ["10.1.2.3", "10.0.0.0/8", undefined],
    ["10.1.2.3", "10.1.2.3", undefined],
    ["11.1.2.3", "10.0.0.0/8", "p:1"],
    ["fd00::5", "fd00::/8", undefined],
    ["fd00::5", "[fd00::5]:443", undefined],
    ["10.1.2.3", "10.0.0.0/99", "p:1"],
  ])("address %s, exclusion %s", (host, NO_PROXY, expected) => {
    expect(proxyFor({ host, port: 443, secure: true }, { HTTPS_PROXY: "http://p:1", NO_PROXY })?.host).toBe(expected);
  });

  test("a variable that holds no usable proxy is named", () => {
    expect(() => proxyFor(target, { HTTPS_PROXY: "socks5://p:1" })).toThrow("HTTPS_PROXY is not the URL");
  });

  test("a registration goes through the proxy, with its credentials", async () => {
    await using system = await secured({ hosts: ["rancher.test"] });
    const { lab, server } = system;
    const asked: [string | undefined, string | undefined][] = [];
    const proxy = createServer().on("connect", (request, socket) => {
      asked.push([request.url, request.headers["proxy-authorization"]]);
      const upstream = connect(Number(new URL(server.url).port), "127.0.0.1");
      socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
      socket.pipe(upstream).pipe(socket);
      for (const end of [socket, upstream]) end.on("error", () => {});
    });
    proxy.listen(0, "127.0.0.1");
    await once(proxy, "listening");
    lab.env["HTTPS_PROXY"] = `http://user:p%40ss@127.0.0.1:${(proxy.address() as AddressInfo).port}`;
    const url = server.url.replace("127.0.0.1", "rancher.test");
    configure(lab, { ...server, url }, authority.certificate);
    expect(await lab.run("--once")).toMatchObject({ status: 0 });
    const authorization = `Basic ${Buffer.from("user:p@ss").toString("base64")}`;
    expect(asked).toEqual([[new URL(url).host, authorization]]);
    proxy.removeAllListeners("connect").on("connect", (_request, socket) => socket.end("HTTP/1.1 403 No\r\n\r\n"));
    expect((await lab.run("--once")).stderr).toContain("refused to connect: HTTP/1.1 403 No");
    proxy.close();
  });
});

test("websocket URLs", () => {
  expect(websocketUrl("https://h/elemental/registration/x?q=1").href).toBe("wss://h/elemental/registration/x?q=1");
  expect(websocketUrl("http://h:8080/x").href).toBe("ws://h:8080/x");
  expect(() => websocketUrl("ftp://h/x")).toThrow("no http or https URL");
});

test("words of the server are shown as one harmless line", () => {
  expect(oneLine(" a\r\nb\u001b[31m c\u2028d ")).toBe("a b [31m c d");
});

test("Retry-After as seconds or as a date", () => {
  expect(retryAfter("7", 0)).toEqual({ retryAfterMs: 7000 });
  expect(retryAfter("Thu, 01 Jan 1970 00:00:10 GMT", 4000)).toEqual({ retryAfterMs: 6000 });
  expect(retryAfter("soon", 0)).toEqual({});
  expect(retryAfter(undefined, 0)).toEqual({});
});

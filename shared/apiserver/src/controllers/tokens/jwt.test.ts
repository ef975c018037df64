import { createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { expect, test } from "vitest";
import { serviceAccountToken } from "./jwt.ts";

test("the signature is the signing key's", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const pem = privateKey.export({ format: "pem", type: "pkcs8" }).toString();
  const token = serviceAccountToken(pem, { namespace: "n", name: "a", uid: "u", secretName: "s" });
  const [header, claims, signature = ""] = token.split(".");
  const key = { key: createPublicKey(privateKey), dsaEncoding: "ieee-p1363" } as const;
  expect(verify("sha256", Buffer.from(`${header}.${claims}`), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect(verify("sha256", Buffer.from(`${header}.x${claims}`), key, Buffer.from(signature, "base64url"))).toBe(false);
});

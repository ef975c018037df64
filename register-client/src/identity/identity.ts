import { createHash } from "node:crypto";
import { plainAuthorization, tpmAuthorization } from "@elemental/protocol";
import { openAttestor } from "@elemental/tpm";
import { ClientError, messageOf } from "../errors.ts";
import { readDmi } from "../host/firmware.ts";
import type { Host } from "../host/host.ts";
import { listInterfaces } from "../host/network.ts";
import { macIdentity, uuidIdentity } from "./identifier.ts";
import type { Tpm } from "./tpm-source.ts";

/** How the machine proves, or only tells, who it is. One identity serves one connection. */
export interface Identity {
  /** Hex SHA-256 under which the server knows the machine. */
  hash: string;
  /** Value of the Authorization header. */
  authorization: string;
  /** Answers the server's challenge; absent when there is none. */
  answer: ((challenge: Uint8Array) => Promise<Uint8Array>) | undefined;
  close(): Promise<void>;
}

/** Makes the identity for an authentication method. Throws a ClientError. */
export async function openIdentity(host: Host, auth: string, tpm: Tpm): Promise<Identity> {
  switch (auth) {
    case "tpm":
      return openTpmIdentity(tpm);
    case "mac":
      return plainIdentity(macIdentity(listInterfaces(host)));
    case "sys-uuid":
      return plainIdentity(uuidIdentity(readDmi(host, "product_uuid")));
    default:
      throw new ClientError("Configuration", `unsupported authentication: ${auth}`);
  }
}

function plainIdentity(identifier: string): Identity {
  return {
    hash: createHash("sha256").update(identifier).digest("hex"),
    authorization: plainAuthorization(identifier),
    answer: undefined,
    close: async () => {},
  };
}

async function openTpmIdentity({ source, key }: Tpm): Promise<Identity> {
  try {
    const attestor = await openAttestor(source, key);
    try {
      return {
        hash: await attestor.endorsementKeyHash(),
        authorization: tpmAuthorization(await attestor.document()),
        answer: (challenge) => attestor.answer(Buffer.from(challenge)),
        close: () => attestor.close(),
      };
    } catch (error) {
      await attestor.close();
      throw error;
    }
  } catch (error) {
    throw new ClientError("Host", `TPM: ${messageOf(error)}`, { cause: error });
  }
}

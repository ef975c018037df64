import type { KubeObject } from "@elemental/api";
import { collections } from "../../client/kinds.ts";
import { isRefused, mutate } from "../../client/mutate.ts";
import { workQueue } from "../../client/work-queue.ts";
import type { Loopback } from "../../loopback.ts";
import type { ControllerContext, Stop } from "../controller.ts";
import { serviceAccountToken } from "./jwt.ts";

const tokenType = "kubernetes.io/service-account-token";
const nameAnnotation = "kubernetes.io/service-account.name";
const uidAnnotation = "kubernetes.io/service-account.uid";

interface Secret extends KubeObject {
  type?: string;
  data?: Record<string, string>;
}

export interface TokenIssuer {
  /** PEM, what clients of the API trust. */
  rootCa: string;
  /** Private key (PEM) that signs tokens. */
  signingKey: string;
}

/**
 * Fills Secrets of type kubernetes.io/service-account-token and deletes those whose ServiceAccount is not there (any
 * more). The tokens are genuine, but this API asks nobody for one: it knows its administrator only.
 */
export function issueTokens({ loopback, onError }: ControllerContext, issuer: TokenIssuer): Stop {
  const secretsOf = new Map<string, Set<string>>();
  const queue = workQueue({
    work: (key) => syncSecret(loopback, issuer, key),
    onError: (error, key) => onError(error, `issue the token of Secret ${key}`),
  });
  const unwatchSecrets = loopback.watch(collections.secrets, ({ type, object }) => {
    const { namespace, name, annotations } = object.metadata;
    if ((object as Secret).type !== tokenType) return;
    const account = `${namespace}/${annotations?.[nameAnnotation]}`;
    const secrets = secretsOf.get(account) ?? new Set();
    secretsOf.set(account, secrets);
    if (type === "DELETED") secrets.delete(`${namespace}/${name}`);
    else queue.add([...secrets.add(`${namespace}/${name}`)].at(-1) ?? "");
  });
  const unwatchAccounts = loopback.watch(collections.serviceAccounts, ({ object }) => {
    const { namespace, name } = object.metadata;
    for (const key of secretsOf.get(`${namespace}/${name}`) ?? []) queue.add(key);
  });
  return async () => {
    unwatchSecrets();
    unwatchAccounts();
    await queue.stop();
  };
}

async function syncSecret(loopback: Loopback, issuer: TokenIssuer, secretKey: string): Promise<undefined> {
  const [namespace = "", name = ""] = secretKey.split("/");
  const secret = (await loopback.get(collections.secrets, namespace, name)) as Secret | undefined;
  if (!secret || secret.type !== tokenType) return;
  const accountName = secret.metadata.annotations?.[nameAnnotation] ?? "";
  const account = await loopback.get(collections.serviceAccounts, namespace, accountName);
  const claimed = secret.metadata.annotations?.[uidAnnotation];
  if (!account || (claimed && claimed !== account.metadata.uid)) return deleteSecret(loopback, secret);
  await mutate<Secret>(loopback, {
    resource: collections.secrets,
    key: { namespace, name },
    uid: secret.metadata.uid,
    change: (current) => filled(current, account, issuer),
  });
}

/** The Secret with what it lacks; undefined when it lacks nothing. */
function filled(secret: Secret, account: KubeObject, { rootCa, signingKey }: TokenIssuer): Secret | undefined {
  const { name, namespace = "", annotations } = secret.metadata;
  const { name: accountName, uid = "" } = account.metadata;
  const wanted = { "ca.crt": base64(rootCa), namespace: base64(namespace) };
  const token = secret.data?.["token"];
  const isComplete =
    token &&
    annotations?.[uidAnnotation] === uid &&
    Object.entries(wanted).every(([key, v]) => secret.data?.[key] === v);
  if (isComplete) return undefined;
  const subject = { namespace, name: accountName, uid, secretName: name };
  return {
    ...secret,
    metadata: { ...secret.metadata, annotations: { ...annotations, [uidAnnotation]: uid } },
    data: { ...secret.data, ...wanted, token: token || base64(serviceAccountToken(signingKey, subject)) },
  };
}

async function deleteSecret(loopback: Loopback, { metadata }: Secret): Promise<undefined> {
  const { namespace = "", name, uid } = metadata;
  try {
    await loopback.delete(collections.secrets, { namespace, name }, uid ? { uid } : {});
  } catch (error) {
    if (!isRefused(error, "NotFound", "Conflict")) throw error;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString("base64");
}

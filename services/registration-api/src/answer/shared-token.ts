import { type MachineRegistration, secrets, secretTypes, serviceAccounts } from "@elemental/api";
import { isKubeError, type Reader } from "@elemental/kube";
import { Refusal } from "../refusal.ts";

/**
 * The ServiceAccount token of a registration that opted into one credential for all its machines
 * (registration-protocol 7.1). Throws a Refusal when it is not there yet (H27).
 */
export async function sharedToken(kube: Pick<Reader, "get">, { status }: MachineRegistration): Promise<string> {
  const { namespace, name } = status?.serviceAccountRef ?? {};
  if (!namespace || !name)
    throw new Refusal("Misconfigured", "failed to get service account: the registration has none");
  await found("service account", kube.get(serviceAccounts, { namespace, name }));
  const secret = await found("secret", kube.get(secrets, { namespace, name: `${name}-token` }));
  const token = Buffer.from(secret.data?.["token"] ?? "", "base64").toString();
  if (secret.type !== secretTypes.serviceAccountToken || token === "") {
    throw new Refusal("Misconfigured", "failed to get secret: it holds no service account token");
  }
  return token;
}

async function found<T>(what: string, object: Promise<T>): Promise<T> {
  try {
    return await object;
  } catch (cause) {
    if (!isKubeError(cause)) throw cause;
    const reason = isKubeError(cause, "NotFound") ? "not found" : "not readable";
    throw new Refusal("Misconfigured", `failed to get ${what}: ${reason}`, { cause, detail: cause.message });
  }
}

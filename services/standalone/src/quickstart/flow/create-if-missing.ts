import { isKubeError } from "@elemental/kube";

/** Runs a create; what is there already is left alone, since quickstart may run again on a data directory. */
export async function createIfMissing(create: () => Promise<unknown>): Promise<void> {
  await create().catch((error: unknown) => {
    if (!isKubeError(error, "AlreadyExists")) throw error;
  });
}

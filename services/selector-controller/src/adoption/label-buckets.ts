import type { Requirement } from "@elemental/api";

/** Names of the buckets in which labelled objects of a namespace are looked for. */
export const bucketOf = {
  namespace: (namespace: string) => namespace,
  label: (namespace: string, key: string, value: string) => `${namespace} ${key}=${value}`,
};

/** The buckets of an object with these labels: that of all objects of the namespace, and one for each label. */
export function bucketsOf(namespace: string, labels: Readonly<Record<string, string>> = {}): string[] {
  const own = Object.entries(labels).map(([key, value]) => bucketOf.label(namespace, key, value));
  return [bucketOf.namespace(namespace), ...own];
}

/** The smallest bucket that has all objects which meet the requirements. */
export function smallestBucket(
  namespace: string,
  requirements: readonly Requirement[],
  size: (bucket: string) => number,
): string {
  const exact = requirements.flatMap(({ key, operator, values: [value, ...others] }) => {
    const isExact = operator === "In" && value !== undefined && others.length === 0;
    return isExact ? [bucketOf.label(namespace, key, value)] : [];
  });
  const [first = bucketOf.namespace(namespace), ...rest] = exact;
  return rest.reduce((best, bucket) => (size(bucket) < size(best) ? bucket : best), first);
}

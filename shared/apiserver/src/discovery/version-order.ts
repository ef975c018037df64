const pattern = /^v(\d+)(?:(alpha|beta)(\d+))?$/;
const stability = { alpha: 0, beta: 1, stable: 2 };

/** Sorts API versions, the preferred first: v2, v1, v1beta2, v1beta1, v1alpha1, then anything else by name. */
export function compareVersions(left: string, right: string): number {
  const [a, b] = [rank(left), rank(right)];
  if (!a || !b) return a ? -1 : b ? 1 : left < right ? -1 : 1;
  return b.stage - a.stage || b.major - a.major || b.minor - a.minor;
}

function rank(version: string): { stage: number; major: number; minor: number } | undefined {
  const match = pattern.exec(version);
  if (!match) return undefined;
  const [, major, stage = "stable", minor = 0] = match;
  return { stage: stability[stage as keyof typeof stability], major: Number(major), minor: Number(minor) };
}

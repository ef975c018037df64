import {
  type Bundle,
  type Condition,
  type ConditionContext,
  conditionTypes,
  type ManagedOSImage,
  pruneInvalid,
  reasons,
  setCondition,
} from "@elemental/api";

type ImageStatus = NonNullable<ManagedOSImage["status"]>;
type BundleCondition = NonNullable<NonNullable<Bundle["status"]>["conditions"]>[number];

const { bundleCreated, bundleFailure, unknownReason, unknownType } = reasons.managedOSImage;
const validReason = /^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$/;
const validStatus = ["True", "False", "Unknown"] as const;

/** The status of an image whose Bundle is as it should be: the Bundle's conditions are the image's own. */
export function deployedStatus(image: ManagedOSImage, bundle: Bundle | undefined, now: Date): ImageStatus {
  const context = contextOf(image, now);
  const mirrored = (bundle?.status?.conditions ?? []).map(mirror);
  const types = new Set<string>([conditionTypes.fleetBundleCreation, ...mirrored.map(({ type }) => type)]);
  const kept = pruneInvalid(image.status?.conditions).filter(({ type }) => types.has(type));
  const created = { type: conditionTypes.fleetBundleCreation, status: "True", reason: bundleCreated } as const;
  return { conditions: [created, ...mirrored].reduce((list, input) => setCondition(list, input, context), kept) };
}

/** The status of an image whose Bundle cannot be made or updated; what is deployed stays mirrored. */
export function failedStatus(image: ManagedOSImage, message: string, now: Date): ImageStatus {
  const failure = {
    type: conditionTypes.fleetBundleCreation,
    status: "False",
    reason: bundleFailure,
    message,
  } as const;
  return { conditions: setCondition(pruneInvalid(image.status?.conditions), failure, contextOf(image, now)) };
}

function contextOf(image: ManagedOSImage, now: Date): ConditionContext {
  return { now, generation: image.metadata.generation };
}

/** Fleet's conditions may lack what ours must have. */
function mirror({ type, status, reason, message }: BundleCondition) {
  return {
    type: type || unknownType,
    status: validStatus.find((valid) => valid === status) ?? ("Unknown" satisfies Condition["status"]),
    reason: reason && validReason.test(reason) ? reason : unknownReason,
    message: message ?? "",
  };
}

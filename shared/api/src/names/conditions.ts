/** Condition types of each kind; resources-and-controllers 2. Every kind also has `Ready`, but ManagedOSImage mirrors it. */
export const conditionTypes = {
  ready: "Ready",
  /** MachineInventory. */
  adoptionReady: "AdoptionReady",
  networkConfigReady: "NetworkConfigReady",
  attested: "Attested",
  /** Only where the machine has to be approved, or is denied. */
  approved: "Approved",
  measuredBoot: "MeasuredBoot",
  /** MachineInventorySelector. */
  inventoryReady: "InventoryReady",
  /** SeedImage. */
  seedImageReady: "SeedImageReady",
  /** ManagedOSImage. */
  fleetBundleCreation: "FleetBundleCreation",
} as const;

/** Condition reasons by kind; the values are a contract, odd spellings included. */
export const reasons = {
  machineRegistration: {
    created: "SuccessfullyCreated",
    duplicateToken: "DuplicateToken",
    missingTokenOrServerURL: "MissingTokenOrServerURL",
    rbacCreationFailure: "RbacCreationFailure",
  },
  machineInventory: {
    planCreationFailure: "PlanCreationFailureReason",
    waitingForPlan: "WaitingForPlan",
    planFailure: "PlanFailure",
    planApplied: "PlanSuccessfullyApplied",
    reconcilingNetworkConfig: "ReconcilingNetworkConfig",
    waitingForIPAddress: "WaitingForIPAddress",
    networkConfigFailure: "NetworkConfigFailure",
    waitingToBeAdopted: "WaitingToBeAdopted",
    validatingAdoption: "ValidatingAdoption",
    adoptionFailure: "AdoptionFailure",
    adopted: "SuccessfullyAdopted",
    certificateVerified: "CertificateVerified",
    certificateNotVerified: "CertificateNotVerified",
    noTpm: "NoTPM",
    waitingForApproval: "WaitingForApproval",
    approved: "Approved",
    denied: "Denied",
    valuesAllowed: "ValuesAllowed",
    valuesObserved: "ValuesObserved",
    notMeasured: "NotMeasured",
  },
  machineInventorySelector: {
    waitingForInventory: "WaitingForInventory",
    failedToAdopt: "FailedToAdoptInventory",
    waitForInventoryCheck: "WaitForInventoryCheck",
    adopted: "SuccessfullyAdoptedInventory",
    failedToUpdatePlan: "FailedToUpdatePlan",
    planUpdated: "SuccessfullyUpdatedPlan",
    failedToSetAddresses: "FailedToSetAdresses",
    ready: "SelectorReady",
  },
  seedImage: {
    resourcesNotCreated: "ResourcesNotCreatedYet",
    resourcesCreated: "ResourcesSuccessfullyCreated",
    registrationNotFound: "RegistrationNotFound",
    podCreationFailure: "PodCreationFailure",
    serviceCreationFailure: "ServiceCreationFailure",
    buildNotStarted: "SeedImageBuildNotStarted",
    buildOngoing: "SeedImageBuildOngoing",
    buildSuccess: "SeedImageBuildSuccess",
    buildFailure: "SeedImageBuildFailure",
    buildDeadline: "SeedImageBuildDeadline",
    buildUnknown: "SeedImageBuildUnknown",
    exposeFailure: "SeedImageExposeFailure",
  },
  managedOSVersionChannel: {
    invalidConfiguration: "InvalidConfiguration",
    disabled: "ChannelDisabled",
    synchronizing: "Synchronizing",
    synchronized: "Synchronized",
    failedToSync: "FailedToSync",
    failedToCreatePod: "FailedToCreatePod",
  },
  managedOSImage: {
    bundleCreated: "FleetBundleCreateSuccess",
    bundleFailure: "FleetBundleCreateFailure",
    /** Stand in for what a mirrored condition of the Bundle lacks. */
    unknownType: "UnknownType",
    unknownReason: "UnknownReason",
  },
} as const;

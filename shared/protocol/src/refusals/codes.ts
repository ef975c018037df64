import { attestationRefusals } from "./attestation.ts";

/** What goes with the code of a refusal. */
export interface RefusalKind {
  /** HTTP status where nothing was upgraded yet. Original clients print the body of a 401 only. */
  status: number;
  /** Another attempt may succeed although the machine changes nothing: clients come back by themselves. */
  passing?: true;
  /** For the operator; docs/security.md has the table. */
  meaning: string;
}

type AttestationCode = keyof typeof attestationRefusals;

const attestation = Object.fromEntries(
  Object.entries(attestationRefusals).map(([code, meaning]) => [code, { status: 401, meaning }]),
) as Record<AttestationCode, RefusalKind>;

const others = {
  NotFound: { status: 404, meaning: "No registration, or no seed image, has the token of the URL." },
  NotReady: { status: 404, meaning: "The registration is there, but its condition Ready is not True." },
  MethodNotAllowed: { status: 405, meaning: "The URL is for GET and HEAD." },
  Gone: { status: 410, meaning: "The seed image is offered no longer." },
  AuthorizationMalformed: { status: 401, meaning: "The Authorization header is absent, empty or of another scheme." },
  MethodNotAccepted: { status: 401, meaning: "The registration asks for another `auth` than the machine used." },
  IdentityAmbiguous: {
    status: 401,
    meaning: "Several MachineInventories have the hash of the machine: delete all but one.",
  },
  RegisteredElsewhere: { status: 401, meaning: "The machine has its MachineInventory in another namespace." },
  MachineDenied: {
    status: 401,
    meaning: "A registration of the namespace has the hash of the machine in `spec.deny`.",
  },
  MachineNotAllowed: { status: 401, meaning: "The machine is not among `spec.allowedMachines`." },
  TokenExpired: { status: 401, meaning: "The token admits no new machine any more: it expired or was rotated." },
  RegistrationsExhausted: {
    status: 401,
    meaning: "As many machines registered as `spec.tokenPolicy.maxRegistrations` says.",
  },
  ApprovalPending: { status: 401, passing: true, meaning: "The machine waits until its MachineInventory is approved." },
  InventoryNotFound: {
    status: 404,
    meaning: "The machine says that it registered before, but has no MachineInventory.",
  },
  ProtocolViolation: { status: 400, meaning: "The machine broke the registration protocol or one of its limits." },
  DeadlineExceeded: { status: 408, passing: true, meaning: "The registration took longer than its 10 s." },
  NetworkNotReady: { status: 503, passing: true, meaning: "The addresses of the machine were not claimed in time." },
  TooManyRequests: { status: 429, passing: true, meaning: "Too many requests of one address or one registration." },
  Busy: { status: 503, passing: true, meaning: "As many machines as can be served are being served." },
  Conflict: { status: 409, passing: true, meaning: "The MachineInventory changed meanwhile or is being deleted." },
  NameInUse: { status: 409, meaning: "Another machine has the name that `machineName` of the registration gives." },
  Unavailable: {
    status: 503,
    passing: true,
    meaning: "The server, or what it needs, cannot be reached at the moment.",
  },
  Misconfigured: {
    status: 500,
    meaning: "A setting of the server or of the registration has to be mended; the log says which.",
  },
} as const satisfies Record<string, RefusalKind>;

/** Why a machine or a request is turned away. The literals are a contract: they are in logs, Events, metrics and consoles. */
export type RefusalCode = AttestationCode | keyof typeof others;

/** Every reason for which the door turns a machine or a request away; the one place where codes are made. */
export const refusals: Readonly<Record<RefusalCode, RefusalKind>> = { ...others, ...attestation };

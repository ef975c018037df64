/** TPM_RC values that callers branch on. */
export const responseCode = {
  success: 0,
  initialize: 0x100,
  yielded: 0x908,
  testing: 0x90a,
  retry: 0x922,
} as const;

interface Meaning {
  name: string;
  /** What an operator can do. */
  advice: string;
}

const reportBug = "report this with the firmware version of the TPM";
const clearHint = "clear the TPM in the firmware setup, or remove its passwords";
const freeHint = "restart the machine, or stop other programs that use the TPM";

/** TPM_RC without format bits; registration meets these. */
const plainCodes: Record<number, Meaning> = {
  256: { name: "TPM_RC_INITIALIZE", advice: "restart the machine" },
  257: {
    name: "TPM_RC_FAILURE",
    advice: "the TPM is in failure mode: power the machine off and on, then replace the TPM",
  },
  288: { name: "TPM_RC_DISABLED", advice: "enable the TPM's hierarchies in the firmware setup" },
  293: { name: "TPM_RC_AUTH_MISSING", advice: clearHint },
  304: { name: "TPM_RC_REBOOT", advice: "restart the machine" },
  303: { name: "TPM_RC_AUTH_UNAVAILABLE", advice: clearHint },
  323: { name: "TPM_RC_COMMAND_CODE", advice: "this TPM lacks a command of TPM 2.0; update its firmware" },
  2306: { name: "TPM_RC_OBJECT_MEMORY", advice: freeHint },
  2307: { name: "TPM_RC_SESSION_MEMORY", advice: freeHint },
  2308: { name: "TPM_RC_MEMORY", advice: freeHint },
  2309: { name: "TPM_RC_SESSION_HANDLES", advice: freeHint },
  2310: { name: "TPM_RC_OBJECT_HANDLES", advice: freeHint },
  2312: { name: "TPM_RC_YIELDED", advice: "try again" },
  2314: { name: "TPM_RC_TESTING", advice: "the TPM tests itself; try again in a minute" },
  2336: { name: "TPM_RC_NV_RATE", advice: "try again in a minute" },
  2337: { name: "TPM_RC_LOCKOUT", advice: "the TPM is locked after failed passwords: wait some hours or clear it" },
  2338: { name: "TPM_RC_RETRY", advice: "the TPM is busy; try again" },
  2339: { name: "TPM_RC_NV_UNAVAILABLE", advice: "try again in a minute" },
};

/** TPM_RC with format bit: the error number in its low six bits. */
const formatCodes: Record<number, Meaning> = {
  2: { name: "TPM_RC_ATTRIBUTES", advice: reportBug },
  4: { name: "TPM_RC_VALUE", advice: reportBug },
  5: { name: "TPM_RC_HIERARCHY", advice: "enable the TPM's hierarchies in the firmware setup" },
  11: { name: "TPM_RC_HANDLE", advice: reportBug },
  14: { name: "TPM_RC_AUTH_FAIL", advice: clearHint },
  18: { name: "TPM_RC_SCHEME", advice: reportBug },
  21: { name: "TPM_RC_SIZE", advice: reportBug },
  29: { name: "TPM_RC_POLICY_FAIL", advice: "the endorsement key of this TPM has another policy; clear the TPM" },
  31: { name: "TPM_RC_INTEGRITY", advice: "the server's challenge was not made for this TPM; register again" },
  34: { name: "TPM_RC_BAD_AUTH", advice: clearHint },
  38: { name: "TPM_RC_CURVE", advice: "this TPM does not support the curve; use the RSA endorsement key" },
};

const formatBit = 0x80;

/** What the TPM answered and what to try, e.g. `TPM_RC_BAD_AUTH (0x9a2); clear the TPM ...`. */
export function describeResponseCode(code: number): string {
  const known = (code & formatBit) === 0 ? plainCodes[code] : formatCodes[code & 0x3f];
  const { name, advice } = known ?? { name: "an error", advice: reportBug };
  return `${name} (0x${code.toString(16)}); ${advice}`;
}

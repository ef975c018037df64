/** TPM_ALG_ID, registration-protocol 2.6. */
export const algorithm = {
  rsa: 0x0001,
  sha1: 0x0004,
  aes: 0x0006,
  sha256: 0x000b,
  sha384: 0x000c,
  sha512: 0x000d,
  null: 0x0010,
  rsassa: 0x0014,
  rsaes: 0x0015,
  rsapss: 0x0016,
  oaep: 0x0017,
  ecdsa: 0x0018,
  ecc: 0x0023,
  cfb: 0x0043,
} as const;

/** TPM_ECC_CURVE. */
export const curve = { p256: 0x0003 } as const;

/** TPMA_OBJECT bits, registration-protocol 2.6.1. */
export const attribute = {
  fixedTpm: 0x2,
  stClear: 0x4,
  fixedParent: 0x10,
  sensitiveDataOrigin: 0x20,
  userWithAuth: 0x40,
  adminWithPolicy: 0x80,
  noDa: 0x400,
  restricted: 0x10000,
  decrypt: 0x20000,
  sign: 0x40000,
} as const;

/** TPM_GENERATED_VALUE: the magic of everything a TPM attests. */
export const attestMagic = 0xff544347;

/** TPM_ST_ATTEST_CREATION. */
export const attestCreation = 0x801a;

/** TPM_ST_ATTEST_QUOTE. */
export const attestQuote = 0x8018;

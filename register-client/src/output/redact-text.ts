const hidden = "*****";

const passwords = /(passwd|password)(["']?[\s=:]{1,3}["']?)[^\n]*/g;
const tokens = /\b(token|emulatedTPMSeed|emulated-tpm-seed|client-key-data)(\\?["']?\s*[:=]\s*)[^\s,}]+/gi;
const privateKeys = /-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|$)/g;
const kubeConfigs = /("kubeConfig"\s*:\s*)"(?:[^"\\]|\\.)*"/g;

/** A text without the passwords, tokens, seeds and keys that stand in it (register-client-and-media 6). */
export function redactText(text: string): string {
  return text
    .replace(privateKeys, hidden)
    .replace(kubeConfigs, `$1"${hidden}"`)
    .replace(passwords, `$1$2${hidden}`)
    .replace(tokens, `$1$2${hidden}`);
}

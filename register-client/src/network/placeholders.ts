/** What stands for an address in a network configuration; anything else in braces is the user's own text. */
const placeholder = /\{([A-Za-z0-9][A-Za-z0-9._-]*)\}/g;

/**
 * Replaces every `{name}` by the address of that name, once: an inserted address is not looked at again. Throws an Error
 * that names a placeholder without an address.
 */
export function fillPlaceholders(text: string, addresses: Readonly<Record<string, string>>): string {
  return text.replace(placeholder, (written, name: string) => {
    const address = Object.hasOwn(addresses, name) ? addresses[name] : undefined;
    if (address === undefined) throw new Error(`no IP address for the placeholder ${written}`);
    return address;
  });
}

const namePart = /^[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
const subdomain = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** Whether the text is a qualified name: an optional DNS subdomain and `/`, and a name of at most 63 characters. */
export function isLabelName(text: string): boolean {
  const [first, second, third] = text.split("/");
  if (third !== undefined || first === undefined) return false;
  if (second !== undefined && (first.length > 253 || !subdomain.test(first))) return false;
  const name = second ?? first;
  return name.length <= 63 && namePart.test(name);
}

export function isLabelValue(text: string): boolean {
  return text === "" || (text.length <= 63 && namePart.test(text));
}

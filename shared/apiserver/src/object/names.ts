const label = "[a-z0-9]([-a-z0-9]*[a-z0-9])?";
const subdomain = `${label}(\\.${label})*`;
const qualifiedPart = "([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]";
const value = `(${qualifiedPart})?`;

const matchers = new Map<string, RegExp>();

function matchesWhole(text: string, pattern: string): boolean {
  const matcher = matchers.get(pattern) ?? new RegExp(`^(?:${pattern})$`);
  matchers.set(pattern, matcher);
  return matcher.test(text);
}

const subdomainText =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and " +
  `end with an alphanumeric character (e.g. 'example.com', regex used for validation is '${subdomain}')`;
const labelText =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with " +
  `an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '${label}')`;
const serviceText =
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, " +
  "and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is " +
  "'[a-z]([-a-z0-9]*[a-z0-9])?')";
const partText =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character " +
  `(e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '${qualifiedPart}')`;
const valueText =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and " +
  "end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is " +
  `'${value}')`;

function tooLong(text: string, limit: number): string[] {
  return text.length > limit ? [`must be no more than ${limit} characters`] : [];
}

/** What is wrong with an object name that is a DNS subdomain; the form of most kinds. */
export function subdomainErrors(name: string): string[] {
  return [...tooLong(name, 253), ...(matchesWhole(name, subdomain) ? [] : [subdomainText])];
}

/** What is wrong with a name that is a DNS label, e.g. of a Namespace. */
export function labelErrors(name: string): string[] {
  return [...tooLong(name, 63), ...(matchesWhole(name, label) ? [] : [labelText])];
}

/** What is wrong with a name that is a DNS label as of RFC 1035, e.g. of a Service. */
export function dns1035Errors(name: string): string[] {
  return [...tooLong(name, 63), ...(matchesWhole(name, "[a-z]([-a-z0-9]*[a-z0-9])?") ? [] : [serviceText])];
}

/** What is wrong with a name that is only a path segment, e.g. of a Role. */
export function pathSegmentErrors(name: string): string[] {
  if (name === "." || name === "..") return [`may not be '${name}'`];
  return ["/", "%"].filter((bad) => name.includes(bad)).map((bad) => `may not contain '${bad}'`);
}

/** What is wrong with the key of a label or annotation, or with a finalizer. */
export function qualifiedNameErrors(text: string): string[] {
  const parts = text.split("/");
  if (parts.length > 2) {
    return [`a qualified name ${partText} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const [prefix, name = ""] = parts.length === 2 ? parts : [undefined, parts[0]];
  return [...prefixErrors(prefix), ...namePartErrors(name)];
}

function prefixErrors(prefix: string | undefined): string[] {
  if (prefix === undefined) return [];
  return prefix === ""
    ? ["prefix part must be non-empty"]
    : subdomainErrors(prefix).map((error) => `prefix part ${error}`);
}

function namePartErrors(name: string): string[] {
  if (name === "") return ["name part must be non-empty", `name part ${partText}`];
  const errors = tooLong(name, 63).map((error) => `name part ${error}`);
  return matchesWhole(name, qualifiedPart) ? errors : [...errors, `name part ${partText}`];
}

export function labelValueErrors(text: string): string[] {
  return [...tooLong(text, 63), ...(matchesWhole(text, value) ? [] : [valueText])];
}

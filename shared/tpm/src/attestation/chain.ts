import type { X509Certificate } from "node:crypto";
import { AttestationRefused } from "../errors.ts";
import { authorityProblem, checkEndorsementCertificate, isValidAt, nameOnOneLine } from "./certificate.ts";
import type { EndorsementKey } from "./endorsement-key.ts";
import { certificatesIn } from "./pem.ts";

/** An EK certificate with a path to an authority that the operator trusts. */
export interface VerifiedCertificate {
  /** Upper-case hex. */
  serial: string;
  issuer: string;
  /** Subject of the trusted certificate at the end of the path. */
  authority: string;
}

/** Serial numbers have at most 20 bytes (RFC 5280). */
const maxSerialLength = 40;

/** A certificate to find an issuer for; `below` authorities stand between it and the endorsement key. */
interface Link {
  certificate: X509Certificate;
  below: number;
}

/**
 * Checks the EK certificate against the certificates of a `tpm-ca` Secret (registration-protocol 2.3). Each of them is an
 * anchor; those that the machine sent beside its own may link to one. Throws AttestationRefused.
 */
export function verifyEndorsementChain(ek: EndorsementKey, anchorsPem: string, now: Date): VerifiedCertificate {
  const anchors = certificatesIn(anchorsPem);
  if (anchors.length === 0) {
    throw new AttestationRefused("TrustAnchorsMissing", "no TPM certificate authority is usable");
  }
  const { certificate } = ek;
  if (certificate === undefined) {
    throw new AttestationRefused("EkCertificateRequired", "EK has no certificate, but this registration requires one");
  }
  checkEndorsementCertificate(certificate, now);
  const anchor = new PathSearch(anchors, ek.intermediates, now).anchorOf(certificate);
  return {
    serial: certificate.serialNumber.slice(0, maxSerialLength),
    issuer: nameOnOneLine(certificate.issuer),
    authority: nameOnOneLine(anchor.subject),
  };
}

/**
 * Looks for the shortest path, which path length constraints favour, and follows each intermediate once: a stranger
 * cannot make it long.
 */
class PathSearch {
  readonly #anchors: readonly X509Certificate[];
  readonly #intermediates: Set<X509Certificate>;
  readonly #now: Date;
  #problem: string | undefined;

  constructor(anchors: readonly X509Certificate[], intermediates: readonly X509Certificate[], now: Date) {
    this.#anchors = anchors;
    this.#intermediates = new Set(intermediates);
    this.#now = now;
  }

  anchorOf(certificate: X509Certificate): X509Certificate {
    const itself = this.#anchors.find((anchor) => anchor.raw.equals(certificate.raw) && isValidAt(anchor, this.#now));
    if (itself) return itself;
    const links: Link[] = [{ certificate, below: 0 }];
    for (const link of links) {
      const anchor = this.#anchors.find((candidate) => this.#mayHaveIssued(candidate, link, true));
      if (anchor) return anchor;
      for (const intermediate of this.#intermediates) {
        if (!this.#mayHaveIssued(intermediate, link, false)) continue;
        this.#intermediates.delete(intermediate);
        links.push({ certificate: intermediate, below: link.below + (isSelfIssued(intermediate) ? 0 : 1) });
      }
    }
    const issuer = nameOnOneLine(links.at(-1)?.certificate.issuer ?? "");
    const problem = this.#problem ?? `no certificate of "${issuer}" is trusted or was sent`;
    throw new AttestationRefused("EkCertificateUntrusted", "EK certificate has no trusted authority", {
      hint: problem,
    });
  }

  #mayHaveIssued(authority: X509Certificate, { certificate, below }: Link, anchor: boolean): boolean {
    if (!issued(authority, certificate)) return false;
    const problem = authorityProblem(authority, { anchor, below, now: this.#now });
    if (problem !== undefined) this.#problem = `"${nameOnOneLine(authority.subject)}" ${problem}`;
    return problem === undefined;
  }
}

function issued(authority: X509Certificate, certificate: X509Certificate): boolean {
  try {
    return certificate.checkIssued(authority) && certificate.verify(authority.publicKey);
  } catch {
    return false;
  }
}

function isSelfIssued({ subject, issuer }: X509Certificate): boolean {
  return subject === issuer;
}

import type { Loopback } from "../loopback.ts";
import type { Pki } from "../pki/index.ts";
import { collectGarbage } from "./collector/collector.ts";
import type { ControllerContext } from "./controller.ts";
import { expireEvents } from "./expire-events.ts";
import { furnishNamespaces } from "./namespaces/furnish.ts";
import { endNamespaces } from "./namespaces/lifecycle.ts";
import { issueTokens } from "./tokens/tokens.ts";

export interface Controllers {
  stop(): Promise<void>;
}

/** Starts what keeps a Kubernetes API in order beside its users' own controllers. */
export function startControllers(loopback: Loopback, pki: Pki, onError: ControllerContext["onError"]): Controllers {
  const context: ControllerContext = { loopback, onError };
  const rootCa = pki.authority.certificate;
  const stops = [
    collectGarbage(context),
    endNamespaces(context),
    furnishNamespaces(context, rootCa),
    issueTokens(context, { rootCa, signingKey: pki.signingKey }),
    expireEvents(context),
  ];
  return {
    async stop() {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

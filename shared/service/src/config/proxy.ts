import { z } from "zod";

const variable = (description: string, purpose: string) =>
  z
    .string()
    .optional()
    .meta({ description: `${description}, for ${purpose}`, secret: true });

/** The settings by which a service is told of proxies; `purpose` says what it reaches through them. */
export function proxyShape(purpose: string) {
  return {
    httpProxy: variable("proxy of http URLs", purpose),
    httpsProxy: variable("proxy of https URLs", purpose),
    noProxy: variable("hosts reached without proxy", purpose),
  };
}

/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY as programs understand them: those that are set. */
export type ProxyVariables = Record<string, string>;

/** The environment for a program, or for an agent of Node, that follows these settings. */
export function proxyVariables(config: z.infer<z.ZodObject<ReturnType<typeof proxyShape>>>): ProxyVariables {
  const variables = { HTTP_PROXY: config.httpProxy, HTTPS_PROXY: config.httpsProxy, NO_PROXY: config.noProxy };
  return Object.fromEntries(Object.entries(variables).flatMap(([name, value]) => (value ? [[name, value]] : [])));
}

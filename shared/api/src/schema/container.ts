import { z } from "zod";
import { atomicMap, flag, quantity, text, texts } from "./fields.ts";
import { securityContext } from "./security-context.ts";

const refName = z.string().describe("Name of the object.").default("");

const keyOf = (what: string) =>
  z
    .object({
      name: refName,
      key: z.string().describe(`Key of the ${what}.`),
      optional: flag("Whether it may be absent."),
    })
    .meta(atomicMap)
    .describe(`A key of a ${what}.`)
    .optional();

const allKeysOf = (what: string) =>
  z
    .object({ name: refName, optional: flag("Whether it may be absent.") })
    .meta(atomicMap)
    .describe(`All keys of a ${what}.`)
    .optional();

export const envVar = z
  .object({
    name: z.string().describe("Name of the variable."),
    value: text("Its value."),
    valueFrom: z
      .object({
        configMapKeyRef: keyOf("ConfigMap"),
        secretKeyRef: keyOf("Secret"),
        fieldRef: z
          .object({
            apiVersion: text("API version of the path."),
            fieldPath: z.string().describe("Path of the field."),
          })
          .meta(atomicMap)
          .describe("A field of the Pod.")
          .optional(),
        fileKeyRef: z
          .object({
            volumeName: z.string().describe("Volume with the file."),
            path: z.string().describe("Relative path of the file."),
            key: z.string().describe("Key in the file."),
            optional: z.boolean().describe("Whether the file or the key may be absent.").default(false),
          })
          .meta(atomicMap)
          .describe("A key of a file of variables.")
          .optional(),
        resourceFieldRef: z
          .object({
            resource: z.string().describe("Resource, e.g. limits.cpu."),
            containerName: text("Container that is meant."),
            divisor: quantity().describe("Unit of the value.").optional(),
          })
          .meta(atomicMap)
          .describe("A resource request or limit of the container.")
          .optional(),
      })
      .describe("Where the value comes from instead.")
      .optional(),
  })
  .describe("An environment variable.");

export const envFromSource = z.object({
  prefix: text("Put before every name."),
  configMapRef: allKeysOf("ConfigMap"),
  secretRef: allKeysOf("Secret"),
});

/** A container of the system upgrade controller. The key of its variables is `envs`. */
export const upgradeContainer = z.object({
  image: text("Container image."),
  command: texts("Entry point."),
  args: texts("Arguments of the entry point."),
  envs: z.array(envVar).describe("Environment variables.").optional(),
  envFrom: z.array(envFromSource).describe("Objects whose keys become environment variables.").optional(),
  volumes: z
    .array(
      z.object({
        name: text("Name of the volume."),
        source: text("Path on the host."),
        destination: text("Path in the container."),
      }),
    )
    .describe("Host directories to mount.")
    .optional(),
  securityContext: securityContext.optional(),
});

export type EnvVar = z.input<typeof envVar>;
export type EnvFromSource = z.input<typeof envFromSource>;
export type UpgradeContainer = z.input<typeof upgradeContainer>;

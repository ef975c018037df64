import { z } from "zod";

/** How a machine configures its network; `none` leaves it alone. */
export const configurator = z
  .enum(["none", "nmc", "nmstate", "nmconnections"])
  .describe("Format of the network configuration: none, nmc, nmstate or nmconnections.")
  .default("none");

export type NetworkConfigurator = z.infer<typeof configurator>;

export { connectToCluster, type TestCluster } from "./cluster.ts";
export { machineDefinition } from "./machine-definition.ts";

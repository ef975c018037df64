export { type KubeOptions, openKube } from "./kube.ts";
export { openQueues } from "./queues.ts";

import { workQueueContract } from "../testing/contract/contract.ts";
import { memoryQueues } from "./factory.ts";

workQueueContract("in memory", (backoff) => memoryQueues({ backoff }));

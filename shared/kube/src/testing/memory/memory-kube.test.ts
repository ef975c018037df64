import { unserved } from "../contract/kinds.ts";
import { describeKubeContract } from "../contract/suite.ts";
import { memoryKube } from "./memory-kube.ts";

describeKubeContract("memoryKube", async () => memoryKube({ serves: (type) => type.group !== unserved.group }));

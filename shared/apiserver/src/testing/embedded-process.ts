import { startEmbeddedKubernetes } from "../embedded.ts";
import { readPodLog } from "./pod-log.ts";
import { accountIsThere, shell, testImages, testPods } from "./pods.ts";

// A program for tests that kill it: an embedded Kubernetes in the folder given as its argument, with a Pod `left` that
// runs for ten minutes. Once it runs, prints the ids of its main process and of one that this leaves in the background.
const [, , dataDir = ""] = process.argv;
const kubernetes = await startEmbeddedKubernetes({
  dataDir,
  listen: { host: "127.0.0.1", port: 0 },
  pods: { images: testImages },
  onError: (error, doing) => process.stderr.write(`could not ${doing}: ${error}\n`),
});
await accountIsThere(kubernetes.loopback, "default");
const pods = testPods(kubernetes.loopback, "default");
await pods.create("left", { restartPolicy: "Never", containers: [shell("c", "sleep 600 & echo $$ $!; wait")] });
await pods.phase("left", "Running");
let output = "";
while (!output.endsWith("\n")) output = await readPodLog(kubernetes, "left");
process.stdout.write(output);

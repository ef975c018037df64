import { startEmbeddedKubernetes } from "../embedded.ts";
import { accountIsThere, shell, testImages, testPods } from "./pods.ts";

// A program for tests that kill it: an embedded Kubernetes in the folder given as its argument, with a Pod `left` that
// runs for ten minutes. Prints a line once that runs.
const [, , dataDir = ""] = process.argv;
const { loopback } = await startEmbeddedKubernetes({
  dataDir,
  listen: { host: "127.0.0.1", port: 0 },
  pods: { images: testImages },
  onError: (error, doing) => process.stderr.write(`could not ${doing}: ${error}\n`),
});
await accountIsThere(loopback, "default");
const pods = testPods(loopback, "default");
await pods.create("left", { restartPolicy: "Never", containers: [shell("c", "sleep 600")] });
await pods.phase("left", "Running");
process.stdout.write("running\n");

// The embedded API as a process; tells its parent the path of the kubeconfig.
import { startEmbeddedApi } from "../../kube/embedded-api.ts";

const { kubeconfig, stop } = await startEmbeddedApi();
const end = () => void stop().finally(() => process.exit(0));
process.once("SIGTERM", end).once("disconnect", end);
// A terminal's Ctrl-C is the parent's to handle.
process.on("SIGINT", () => {});
process.send?.(kubeconfig);

import type { ServiceProcess } from "../environment/service.ts";

const sampleMs = 50;

/** Follows the resident memory of a service; `stop` returns the most that was seen, in MiB. */
export function watchRss(service: Pick<ServiceProcess, "usage">): { stop(): number } {
  let most = 0;
  const sample = () => {
    most = Math.max(most, service.usage().rssMb);
  };
  sample();
  const timer = setInterval(sample, sampleMs);
  return {
    stop() {
      clearInterval(timer);
      sample();
      return most;
    },
  };
}

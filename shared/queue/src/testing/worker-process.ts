import { redisQueues } from "../redis/factory.ts";

// A worker in a process of its own, for tests that kill it: says "running" for each run and never ends one.
const [socket, prefix] = process.argv.slice(2);
const factory = redisQueues({ socket, prefix, lockMs: 500 });
factory.queue("things").process(
  async () => {
    process.stdout.write("running\n");
    return new Promise(() => undefined);
  },
  { concurrency: 4 },
);

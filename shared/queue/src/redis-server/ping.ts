import { connect } from "node:net";

const answerMs = 1000;

/** Whether a Redis server answers PING at `address`; without a client library, so that it can never hang. */
export function ping(address: { socket: string } | { url: string }): Promise<boolean> {
  const socket = connect("socket" in address ? { path: address.socket } : hostAndPort(address.url));
  return new Promise((resolve) => {
    const finish = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(answerMs, () => finish(false));
    socket.once("error", () => finish(false));
    socket.once("data", (data) => finish(data.toString().startsWith("+PONG")));
    socket.write("PING\r\n");
  });
}

function hostAndPort(url: string): { host: string; port: number } {
  const { hostname, port } = new URL(url);
  return { host: hostname, port: Number(port || 6379) };
}

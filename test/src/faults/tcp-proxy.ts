import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A loopback port before others, as a load balancer or a network is. */
export interface TcpProxy {
  port: number;
  /** Breaks all connections. */
  cut(): void;
  /** From now on nothing more comes back on the connections there are, and nobody is told. New ones work. */
  silence(): void;
  close(): Promise<void>;
}

interface Connection {
  client: Socket;
  server: Socket;
}

/** Forwards each connection to the first of `targets` that takes it, beginning with another one each time. */
export async function startProxy(targets: readonly number[]): Promise<TcpProxy> {
  const connections = new Set<Connection>();
  let next = 0;
  const listener = createServer({ pauseOnConnect: true }, async (client) => {
    client.on("error", () => client.destroy());
    next += 1;
    const server = await reach(targets.map((_port, index) => targets[(index + next) % targets.length] ?? 0));
    if (server) join(connections, { client, server });
    else client.destroy();
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  const cut = () => {
    for (const { client } of connections) client.destroy();
  };
  return {
    port: (listener.address() as AddressInfo).port,
    cut,
    silence() {
      for (const { client, server } of connections) server.unpipe(client).resume();
    },
    async close() {
      listener.close();
      cut();
    },
  };
}

async function reach(ports: number[]): Promise<Socket | undefined> {
  for (const port of ports) {
    const socket = connect(port, "127.0.0.1");
    const reached = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    if (reached) return socket;
  }
  return undefined;
}

function join(connections: Set<Connection>, connection: Connection): void {
  const { client, server } = connection;
  connections.add(connection);
  client.once("close", () => {
    connections.delete(connection);
    server.destroy();
  });
  server.on("error", () => client.destroy()).once("close", () => client.destroy());
  client.pipe(server);
  server.pipe(client);
}

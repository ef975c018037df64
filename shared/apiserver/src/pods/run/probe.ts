import { request as httpRequest } from "node:http";
import { request as httpsRequest } from "node:https";
import { connect } from "node:net";
import type { PortMap } from "../addresses.ts";
import type { Container, Probe } from "../pod.ts";

export interface ProbeTarget {
  container: Container;
  host: string;
  ports: PortMap;
}

/** Called when the answer flips, and with the reason of a failure unless the one before had the same. */
export interface ProbeListener {
  ready(isReady: boolean): void;
  failed(why: string): void;
}

/** Probes until stopped, with the kubelet's defaults: every 10 s, 1 s timeout, 1 success, 3 failures. Starts unready. */
export function startProbe(probe: Probe, target: ProbeTarget, listener: ProbeListener): () => void {
  const { initialDelaySeconds = 0, periodSeconds = 10, successThreshold = 1, failureThreshold = 3 } = probe;
  let isReady = false;
  let inARow = 0;
  let lastFailure: string | undefined;
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  const judge = (failure: string | undefined) => {
    const agrees = (failure === undefined) === isReady;
    inARow = agrees ? 0 : inARow + 1;
    if (failure !== undefined && failure !== lastFailure) listener.failed(failure);
    lastFailure = failure;
    if (agrees || inARow < (isReady ? failureThreshold : successThreshold)) return;
    isReady = !isReady;
    inARow = 0;
    listener.ready(isReady);
  };
  const round = async () => {
    const failure = await tryProbe(probe, target);
    if (stopped) return;
    judge(failure);
    // An unready container is asked more often than the kubelet does: on one machine that is cheap.
    timer = setTimeout(round, (isReady ? periodSeconds : Math.min(periodSeconds, 0.25)) * 1000);
  };
  timer = setTimeout(round, initialDelaySeconds * 1000);
  return () => {
    stopped = true;
    clearTimeout(timer);
  };
}

/** Why the probe fails; undefined when it succeeds. */
async function tryProbe(probe: Probe, target: ProbeTarget): Promise<string | undefined> {
  const timeout = (probe.timeoutSeconds ?? 1) * 1000;
  try {
    if (probe.httpGet) return await tryHttp(probe.httpGet, target, timeout);
    if (probe.tcpSocket) await tryTcp(probe.tcpSocket, target, timeout);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function tryHttp(
  get: NonNullable<Probe["httpGet"]>,
  target: ProbeTarget,
  timeout: number,
): Promise<string | undefined> {
  const request = get.scheme === "HTTPS" ? httpsRequest : httpRequest;
  const options = {
    host: get.host ?? target.host,
    port: actualPort(get.port, target),
    path: get.path ?? "/",
    timeout,
    rejectUnauthorized: false,
    agent: false,
  };
  return new Promise((resolve, reject) => {
    const sent = request(options, ({ statusCode = 0 }) => {
      resolve(statusCode >= 200 && statusCode < 400 ? undefined : `HTTP probe failed with statuscode: ${statusCode}`);
      sent.destroy();
    });
    sent.once("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.once("error", reject);
    sent.end();
  });
}

function tryTcp(tcp: NonNullable<Probe["tcpSocket"]>, target: ProbeTarget, timeout: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: tcp.host ?? target.host, port: actualPort(tcp.port, target), timeout });
    socket.once("connect", () => {
      socket.destroy();
      resolve();
    });
    socket.once("timeout", () => socket.destroy(new Error("no answer in time")));
    socket.once("error", reject);
  });
}

function actualPort(port: number | string, { container, ports }: ProbeTarget): number {
  const named = container.ports?.find(({ name }) => name === port)?.containerPort;
  const wanted = named ?? Number(port);
  return ports.get(wanted) ?? wanted;
}

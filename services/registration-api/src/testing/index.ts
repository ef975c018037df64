export { FakeRancher, type RancherSession } from "../tunnel/testing/rancher.ts";
export { type Frame, type RawAnswer, RawClient, type RawRequest } from "./raw-client.ts";
export { json, type Told, tell } from "./register.ts";

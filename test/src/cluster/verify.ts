import { adopt } from "./adoption.ts";
import { registerDuring } from "./burst.ts";
import { type Flow, flow } from "./flow.ts";
import { nextVersion } from "./images.ts";
import { type Installation, installation, namespace } from "./installation.ts";
import { step } from "./report.ts";
import { saveAndRestore } from "./restore.ts";
import type { Shell } from "./shell.ts";
import { startTimes } from "./start-times.ts";

/** Walks an operator's way on the cluster of `user`, from nothing to nothing. */
export async function verify(user: Shell, directory: string): Promise<void> {
  const charts = await installation(user, directory);
  await step("the definitions are installed", () => charts.definitions("install"));
  await step("the services are Ready, under Pod Security `restricted`, with TLS between all parts", () =>
    charts.services("install"),
  );
  console.log(`    ${await startTimes(user)}`);
  const system = flow(user, charts.authority);
  await step("a MachineRegistration becomes Ready", system.register);
  const registration = await step("a SeedImage is built in a Pod, served and downloaded", system.seedImage);
  await oneMachine(user, system, registration);
  await step("an upgrade in the middle of registrations loses none", () =>
    upgrade({ user, charts, system, registration }),
  );
  await end(user, charts, system);
}

async function oneMachine(user: Shell, system: Flow, registration: string): Promise<void> {
  const machine = await step("a machine registers from outside with the file of the image, and applies a plan", () =>
    system.machine("machine-1", registration),
  );
  try {
    await step("the machine's credential is restored with its objects", async () => {
      await saveAndRestore(user);
      await machine.startAgent().applied();
    });
    await step("the machine is adopted, and applies its bootstrap plan", async () => {
      const applied = machine.startAgent().applied(({ plan }) => JSON.stringify(plan).includes("/bootstrap.sh"));
      await adopt(user);
      await applied;
    });
  } finally {
    await machine.stop();
  }
}

interface Upgrade {
  user: Shell;
  charts: Installation;
  system: Flow;
  registration: string;
}

async function upgrade({ user, charts, system, registration }: Upgrade): Promise<void> {
  const before = await system.readyMachines();
  const upgraded = charts.services("upgrade", { "image.tag": nextVersion, replicas: 2 });
  const registered = await registerDuring(system, registration, upgraded);
  const ready = await system.readyMachines();
  if (ready !== before + registered) {
    throw new Error(`${registered} machines registered beside ${before}, ${ready} are Ready`);
  }
  const path = "jsonpath={.items[*].spec.template.spec.containers[0].image}";
  const images = await user.run("kubectl", ["-n", namespace, "get", "deployments", "-o", path]);
  const old = images.split(" ").filter((image) => !image.endsWith(`:${nextVersion}`));
  if (old.length > 0) throw new Error(`not upgraded: ${old.join(", ")}`);
  console.log(`    ${registered} machines`);
}

async function end(user: Shell, charts: Installation, system: Flow): Promise<void> {
  await step("D-48 definitions with objects cannot be uninstalled", async () => {
    const refused = await charts.definitions("uninstall", "--timeout", "60s").then(
      () => false,
      () => true,
    );
    if (!refused) throw new Error("the definitions were uninstalled although there are machines");
    const said = await user.run("kubectl", ["-n", namespace, "logs", "job/elemental-operator-crds-guard"]);
    if (!said.includes("Uninstalling would delete")) throw new Error(`the guard said: ${said}`);
    await charts.definitions("rollback", "1");
  });
  await step("everything can be deleted and uninstalled, and nothing stays", async () => {
    await system.clear();
    await charts.uninstallServices();
    await charts.definitions("uninstall", "--wait", "--timeout", "60s");
    const left = await user.run("kubectl", ["get", "crd,clusterrole,clusterrolebinding", "-o", "name"]);
    if (left.includes("elemental")) throw new Error(`left behind:\n${left}`);
  });
}

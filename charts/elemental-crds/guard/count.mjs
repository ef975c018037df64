// Ends with 1, and says why, while there are objects whose definitions are about to be deleted: node -e SCRIPT KIND...
import { readFileSync } from "node:fs";
import { get } from "node:https";

const account = "/var/run/secrets/kubernetes.io/serviceaccount";
const token = readFileSync(`${account}/token`, "utf8");
const options = { ca: readFileSync(`${account}/ca.crt`), headers: { authorization: `Bearer ${token}` } };

function list(kind) {
  const url = `https://kubernetes.default.svc/apis/elemental.cattle.io/v1beta1/${kind}`;
  return new Promise((resolve, reject) => {
    get(url, options, async (response) => {
      // A definition that is gone has no objects.
      if (response.statusCode === 404) return resolve([]);
      if (response.statusCode !== 200) return reject(new Error(`${kind}: status ${response.statusCode}`));
      resolve(JSON.parse((await response.toArray()).join("")).items);
    }).on("error", reject);
  });
}

const found = [];
for (const kind of process.argv.slice(1)) {
  const { length } = await list(kind);
  if (length > 0) found.push(`${length} ${kind}`);
}
if (found.length > 0) {
  const told = `Uninstalling would delete ${found.join(", ")}. Delete them first, while the operator runs.`;
  const next = "To keep the release: helm rollback RELEASE REVISION. To lose them: helm uninstall RELEASE --no-hooks.";
  process.stderr.write(`${told} ${next}\n`);
  process.exitCode = 1;
}

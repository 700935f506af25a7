// Reads YAML documents, and holds objects of Kubernetes against the validators that the npm package kubernetes-models
// (and its sisters for the CRDs of Prometheus and of the Gateway API) has from the OpenAPI documents of their makers.
// Those leave unknown fields alone; so they are given an object that notes what is read: a validator reads each field
// that its schema knows, and what it never read is unknown.
//
// Input:  {"NAME": {"yaml": "...", "objects": true}}; the first argument is the folder with node_modules.
// Output: {"NAME": {"documents": [...], "problems": ["StatefulSet/fed: /spec/replica is no field"]}}
import { createRequire } from "node:module";
import { readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";

const modules = path.join(process.argv[2], "node_modules");
const { parseAllDocuments } = createRequire(path.join(modules, "read-charts"))("yaml");

const groups = {
  "v1": "kubernetes-models/v1",
  "apps/v1": "kubernetes-models/apps/v1",
  "autoscaling/v2": "kubernetes-models/autoscaling/v2",
  "batch/v1": "kubernetes-models/batch/v1",
  "networking.k8s.io/v1": "kubernetes-models/networking.k8s.io/v1",
  "policy/v1": "kubernetes-models/policy/v1",
  "rbac.authorization.k8s.io/v1": "kubernetes-models/rbac.authorization.k8s.io/v1",
  "monitoring.coreos.com/v1": "@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1",
  "gateway.networking.k8s.io/v1": "@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1",
};

/** The validator that a class of the package is made with: its file names it. */
async function validatorOf({ apiVersion, kind }) {
  const folder = groups[apiVersion];
  if (!folder) return null;
  const file = path.join(modules, folder, `${kind}.js`);
  const schema = /from ?"([^"]*_schemas\/[^"]+)"/.exec(readFileSync(file, "utf8"))[1];
  return (await import(pathToFileURL(path.resolve(path.dirname(file), schema)).href)).validate;
}

/** The value, with a list of the fields that nobody has read, once somebody should have. */
function watched(value) {
  const children = [];
  const read = new Set();
  const proxy = new Proxy(value, {
    get(target, key) {
      read.add(key);
      const field = target[key];
      if (typeof field !== "object" || field === null || !Object.hasOwn(target, key)) return field;
      let child = children.find(each => each.key === key);
      if (!child) children.push((child = { key, ...watched(field) }));
      return child.proxy;
    },
  });
  const unread = () => [
    ...Object.keys(value).filter(key => !read.has(key)).map(key => `/${key}`),
    ...children.flatMap(child => child.unread().map(key => `/${child.key}${key}`)),
  ];
  return { proxy, unread };
}

async function problemsOf(object) {
  const name = `${object.kind}/${object.metadata?.name}`;
  let validate;
  try {
    validate = await validatorOf(object);
  } catch (error) {
    return [`${name}: ${object.apiVersion} has no kind ${object.kind} (${error.message})`];
  }
  if (!validate) return [`${name}: nobody knows ${object.apiVersion}`];
  const { proxy, unread } = watched(object);
  validate(proxy);
  return [
    ...(validate.errors ?? []).map(error =>
      `${name}: ${error.instancePath} ${error.keyword} ${JSON.stringify(error.params)}`),
    ...unread().map(field => `${name}: ${field} is no field`),
  ];
}

// Not by readFileSync: a pipe that has nothing yet would be an error (EAGAIN, seen with Node 18).
let input = "";
process.stdin.setEncoding("utf8");
for await (const part of process.stdin) input += part;

const result = {};
for (const [name, { yaml, objects }] of Object.entries(JSON.parse(input))) {
  const parsed = parseAllDocuments(yaml, { uniqueKeys: true, merge: true });
  const problems = parsed.flatMap(document => document.errors.map(error => `${name}: ${error.message}`));
  const documents = parsed.map(document => document.toJS()).filter(document => document !== null);
  if (objects)
    for (const document of documents) problems.push(...(await problemsOf(document)));
  result[name] = { documents, problems };
}
process.stdout.write(JSON.stringify(result));

// Creates, gets, lists and cancels builds by Google's own client over gRPC. ADDRESS is the local cloud's gRPC port, IMAGE a step's image.
import { CloudBuildClient } from '@google-cloud/cloudbuild';
import { createRequire } from 'node:module';

const { credentials } = createRequire(import.meta.url)('@grpc/grpc-js');
const [host, port] = process.env.ADDRESS.split(':');
const client = new CloudBuildClient({ apiEndpoint: host, port: Number(port), sslCreds: credentials.createInsecure(), projectId: 'node' });
const image = process.env.IMAGE;
const told = {};

const [operation] = await client.createBuild({ projectId: 'node', build: { steps: [{ name: image, args: ['echo', 'from node'] }], tags: ['node'] } });
const [built] = await operation.promise();
const [ended] = await client.getBuild({ projectId: 'node', id: built.id });
told.built = ended.status;

const [long] = await client.createBuild({ projectId: 'node', build: { steps: [{ name: image, args: ['sleep', '600'] }], tags: ['long'] } });
const id = long.metadata.build.id;
const [got] = await client.getBuild({ projectId: 'node', id });
told.got = got.id === id;
await client.cancelBuild({ projectId: 'node', id });
let status;
do {
  [{ status }] = await client.getBuild({ projectId: 'node', id });
} while (status === 'QUEUED' || status === 'WORKING');
told.cancelled = status;

const [all] = await client.listBuilds({ projectId: 'node' });
told.listed = all.map((build) => build.tags[0]);
const [filtered] = await client.listBuilds({ projectId: 'node', filter: 'status="CANCELLED"' });
told.filtered = filtered.map((build) => build.tags[0]);
console.log(JSON.stringify(told));

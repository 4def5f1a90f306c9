// Creates, waits for, lists and cancels a custom job by Google's own client over gRPC. ADDRESS is the local cloud's gRPC port, IMAGE the job's image.
import { JobServiceClient } from '@google-cloud/aiplatform';
import { createRequire } from 'node:module';

const { credentials } = createRequire(import.meta.url)('@grpc/grpc-js');
const [host, port] = process.env.ADDRESS.split(':');
const client = new JobServiceClient({ apiEndpoint: host, port: Number(port), sslCreds: credentials.createInsecure(), projectId: 'node' });
const parent = 'projects/node/locations/us-central1';
const job = (displayName, ...command) => ({
  parent,
  customJob: { displayName, jobSpec: { workerPoolSpecs: [{ machineSpec: { machineType: 'n1-standard-4' }, replicaCount: 1, containerSpec: { imageUri: process.env.IMAGE, command } }] } },
});
const ended = async (name) => {
  for (;;) {
    const [found] = await client.getCustomJob({ name });
    if (['JOB_STATE_SUCCEEDED', 'JOB_STATE_FAILED', 'JOB_STATE_CANCELLED'].includes(found.state)) return found;
  }
};

const [bad] = await client.createCustomJob(job('bad', 'sh', '-c', 'echo broken; exit 4'));
const [long] = await client.createCustomJob(job('long', 'sleep', '600'));
const failed = await ended(bad.name);
await client.cancelCustomJob({ name: long.name });
const cancelled = await ended(long.name);
const [listed] = await client.listCustomJobs({ parent, filter: 'state="JOB_STATE_CANCELLED"' });
const [operation] = await client.deleteCustomJob({ name: bad.name });
await operation.promise();
const [left] = await client.listCustomJobs({ parent });
console.log(JSON.stringify({ failed: failed.error.message.split('\n').pop(), cancelled: cancelled.state, listed: listed.map((one) => one.displayName), left: left.length }));

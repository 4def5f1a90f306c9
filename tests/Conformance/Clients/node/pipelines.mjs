// Creates, gets, lists, cancels and deletes pipeline jobs by Google's own client over gRPC. ADDRESS is the local cloud's gRPC port, IMAGE a task's image.
import aiplatform from '@google-cloud/aiplatform';
import { createRequire } from 'node:module';

const { credentials } = createRequire(import.meta.url)('@grpc/grpc-js');
const [host, port] = process.env.ADDRESS.split(':');
const client = new aiplatform.v1.PipelineServiceClient({ apiEndpoint: host, port: Number(port), sslCreds: credentials.createInsecure(), projectId: 'node' });
const parent = 'projects/node/locations/us-central1';
const told = {};

function pipeline(command) {
  const spec = {
    pipelineInfo: { name: 'by-node' },
    schemaVersion: '2.1.0',
    sdkVersion: 'kfp-2.15.2',
    deploymentSpec: { executors: { 'exec-say': { container: { image: process.env.IMAGE, command: ['sh', '-ec', command, 'sh'], args: ["{{$.inputs.parameters['n']}}", "{{$.outputs.parameters['twice'].output_file}}"] } } } },
    components: { 'comp-say': { executorLabel: 'exec-say', inputDefinitions: { parameters: { n: { parameterType: 'NUMBER_INTEGER' } } }, outputDefinitions: { parameters: { twice: { parameterType: 'NUMBER_INTEGER' } } } } },
    root: {
      inputDefinitions: { parameters: { n: { parameterType: 'NUMBER_INTEGER' } } },
      dag: { tasks: { say: { taskInfo: { name: 'say' }, componentRef: { name: 'comp-say' }, inputs: { parameters: { n: { componentInputParameter: 'n' } } } } } },
    },
  };
  return {
    displayName: command.slice(0, 20),
    pipelineSpec: aiplatform.helpers.toValue(spec).structValue,
    runtimeConfig: { gcsOutputDirectory: 'gs://node/root', parameterValues: { n: aiplatform.helpers.toValue(21) } },
  };
}

async function ended(name) {
  let job;
  do {
    [job] = await client.getPipelineJob({ name });
  } while (['PIPELINE_STATE_PENDING', 'PIPELINE_STATE_RUNNING', 'PIPELINE_STATE_CANCELLING'].includes(job.state));
  return job;
}

const [created] = await client.createPipelineJob({ parent, pipelineJobId: 'doubled', pipelineJob: pipeline('echo $(($1 * 2)) > $2') });
const doubled = await ended(created.name);
const say = doubled.jobDetail.taskDetails.find((task) => task.taskName === 'say');
told.doubled = doubled.state;
told.twice = say.execution.metadata.fields['output:twice'].numberValue;

const [long] = await client.createPipelineJob({ parent, pipelineJobId: 'long', pipelineJob: pipeline('sleep 600') });
await client.cancelPipelineJob({ name: long.name });
told.cancelled = (await ended(long.name)).state;

const [all] = await client.listPipelineJobs({ parent });
told.listed = all.map((job) => job.name.split('/').pop());
const [filtered] = await client.listPipelineJobs({ parent, filter: 'state="PIPELINE_STATE_CANCELLED"' });
told.filtered = filtered.map((job) => job.name.split('/').pop());

const [deletion] = await client.deletePipelineJob({ name: long.name });
await deletion.promise();
told.gone = await client.getPipelineJob({ name: long.name }).then(() => 'there', (error) => error.code);
console.log(JSON.stringify(told));

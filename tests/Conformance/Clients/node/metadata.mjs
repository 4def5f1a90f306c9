// Records a small lineage and asks for it back by Google's own client over gRPC. ADDRESS is the local cloud's gRPC port.
import { v1 } from '@google-cloud/aiplatform';
import { createRequire } from 'node:module';

const { credentials } = createRequire(import.meta.url)('@grpc/grpc-js');
const [host, port] = process.env.ADDRESS.split(':');
const client = new v1.MetadataServiceClient({ apiEndpoint: host, port: Number(port), sslCreds: credentials.createInsecure(), projectId: 'node' });
const parent = 'projects/node/locations/us-central1/metadataStores/default';

const artifact = async (id, schemaTitle) => (await client.createArtifact({ parent, artifactId: id, artifact: { displayName: id, schemaTitle, uri: `gs://node/${id}`, state: 'LIVE' } }))[0].name;
const data = await artifact('data-by-node', 'system.Dataset');
const model = await artifact('model-by-node', 'system.Model');
const [execution] = await client.createExecution({ parent, executionId: 'fit-by-node', execution: { displayName: 'fit', schemaTitle: 'system.ContainerExecution', state: 'COMPLETE' } });
await client.addExecutionEvents({ execution: execution.name, events: [{ artifact: data, type: 'INPUT' }, { artifact: model, type: 'OUTPUT' }] });
const [run] = await client.createContext({ parent, contextId: 'run-by-node', context: { displayName: 'run', schemaTitle: 'system.PipelineRun' } });
await client.addContextArtifactsAndExecutions({ context: run.name, artifacts: [model], executions: [execution.name] });

const short = (name) => name.split('/').at(-1);
const [graph] = await client.queryArtifactLineageSubgraph({ artifact: model });
const [listed] = await client.listArtifacts({ parent, filter: `in_context("${run.name}") AND schema_title="system.Model"` });
const [deleting] = await client.deleteArtifact({ name: data });
await deleting.promise();
const [left] = await client.listArtifacts({ parent });
console.log(JSON.stringify({
  events: graph.events.map((event) => `${short(event.artifact)} ${event.type}`).sort(),
  listed: listed.map((one) => one.displayName),
  left: left.map((one) => one.displayName),
}));

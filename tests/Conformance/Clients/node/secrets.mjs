// Makes, reads and destroys a secret by Google's own client over gRPC. ADDRESS is the local cloud's gRPC port.
import { SecretManagerServiceClient } from '@google-cloud/secret-manager';
import { createRequire } from 'node:module';

const { credentials } = createRequire(import.meta.url)('@grpc/grpc-js');
const [host, port] = process.env.ADDRESS.split(':');
const client = new SecretManagerServiceClient({ apiEndpoint: host, port: Number(port), sslCreds: credentials.createInsecure(), projectId: 'node' });

const [secret] = await client.createSecret({ parent: 'projects/node', secretId: 'by-node', secret: { replication: { automatic: {} } } });
const [version] = await client.addSecretVersion({ parent: secret.name, payload: { data: Buffer.from('value') } });
const [read] = await client.accessSecretVersion({ name: `${secret.name}/versions/latest` });
const [destroyed] = await client.destroySecretVersion({ name: version.name });
const [all] = await client.listSecrets({ parent: 'projects/node' });
console.log(JSON.stringify({ name: version.name, read: read.payload.data.toString(), state: destroyed.state, listed: all.map((one) => one.name) }));

/**
 * The floor: what the protocols need at least, sent by nothing but node:http over kept-alive connections, 16 requests at
 * once. Nothing is compared, verified, recorded or retried.
 *
 *   node floor.mjs DIR TARGET...     all targets at once; DIR has NAME.tgz and NAME.yaml as `slipway build --out` writes
 *     registry=8@http://HOST         look, begin, upload for content and config each; manifest; name
 *     registry=3@http://HOST         begin and upload the content; name: for registries that share blobs
 *     s3=BUCKET@http://HOST          content, view, manifest, name: PUTs signed with AWS Signature Version 4
 *     bucket=BUCKET@http://HOST      only makes the bucket
 *
 * Prints seconds and requests as JSON; reading the files and starting Node are not counted.
 */
import { createHash, createHmac } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';

const AT_ONCE = 16;
const MANIFEST = 'application/vnd.oci.image.manifest.v1+json';
const CONFIG = Buffer.from('{}');

const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');
const hmac = (key, text) => createHmac('sha256', key).update(text).digest();

function client(base) {
  const agent = new Agent({ keepAlive: true, maxSockets: AT_ONCE });
  const { hostname, port, host } = new URL(base);
  let requests = 0;
  const send = (method, path, { body, headers = {}, expect }) =>
    new Promise((resolve, reject) => {
      requests += 1;
      const length = method === 'PUT' || method === 'POST' ? { 'content-length': body?.length ?? 0 } : {};
      const sent = request({ agent, method, hostname, port, path, headers: { ...headers, ...length } }, (answer) => {
        answer.resume();
        answer.on('end', () => {
          if (expect.includes(answer.statusCode)) resolve(answer);
          else reject(new Error(`${method} ${path}: ${answer.statusCode}`));
        });
      });
      sent.on('error', reject);
      sent.end(body);
    });
  return { send, host, requests: () => requests };
}

function manifestOf({ content }) {
  const config = { mediaType: 'application/vnd.oci.empty.v1+json', digest: `sha256:${sha256(CONFIG)}`, size: 2 };
  const mediaType = 'application/vnd.cncf.flux.content.v1.tar+gzip';
  const layer = { mediaType, digest: `sha256:${sha256(content)}`, size: content.length };
  return Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MANIFEST, config, layers: [layer] }));
}

function registry(kind, base) {
  const { send, requests } = client(base);
  const upload = async (repository, bytes) => {
    const started = await send('POST', `${repository}/blobs/uploads/`, { expect: [202] });
    const { pathname, search } = new URL(started.headers.location, base);
    const path = `${pathname}${search}${search === '' ? '?' : '&'}digest=sha256:${sha256(bytes)}`;
    await send('PUT', path, { body: bytes, headers: { 'content-type': 'application/octet-stream' }, expect: [201] });
  };
  const put = (path, body) => send('PUT', path, { body, headers: { 'content-type': MANIFEST }, expect: [201] });
  const push = async (artifact) => {
    const repository = `/v2/floor${kind}/${artifact.name}`;
    if (kind === '8') {
      for (const bytes of [artifact.content, CONFIG]) {
        await send('HEAD', `${repository}/blobs/sha256:${sha256(bytes)}`, { expect: [200, 404] });
        await upload(repository, bytes);
      }
      await put(`${repository}/manifests/sha256:${sha256(artifact.manifest)}`, artifact.manifest);
    } else await upload(repository, artifact.content);
    await put(`${repository}/manifests/prod`, artifact.manifest);
  };
  // The registry refuses a manifest whose config it has never seen.
  const prepare = () => (kind === '3' ? upload('/v2/floor3/config', CONFIG) : undefined);
  return { prepare, push, requests };
}

function signer(host) {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = process.env;
  const time = new Date().toISOString().replace(/[-:]|\.\d{3}/g, '');
  const scope = `${time.slice(0, 8)}/us-east-1/s3/aws4_request`;
  const key = scope.split('/').reduce(hmac, `AWS4${secret}`);
  return (method, path, body) => {
    const payload = sha256(body);
    const names = 'host;x-amz-content-sha256;x-amz-date';
    const canonical = `${method}\n${path}\n\nhost:${host}\nx-amz-content-sha256:${payload}\nx-amz-date:${time}\n\n${names}\n${payload}`;
    const signature = hmac(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${sha256(canonical)}`).toString('hex');
    const authorization = `AWS4-HMAC-SHA256 Credential=${id}/${scope}, SignedHeaders=${names}, Signature=${signature}`;
    return { host, authorization, 'x-amz-content-sha256': payload, 'x-amz-date': time };
  };
}

function s3(bucket, base) {
  const { send, host, requests } = client(base);
  const sign = signer(host);
  const put = (path, body) => send('PUT', path, { body, headers: sign('PUT', path, body), expect: [200] });
  const push = async ({ name, content, view, manifest }) => {
    const hex = sha256(content);
    await put(`/${bucket}/content/sha256/${hex}.tgz`, content);
    await put(`/${bucket}/content/sha256/${hex}.yaml`, view);
    await put(`/${bucket}/manifests/sha256/${sha256(manifest)}.json`, manifest);
    await put(`/${bucket}/channels/prod/${name}/manifests.yaml`, view);
  };
  return { prepare: () => put(`/${bucket}`, Buffer.alloc(0)), push, requests };
}

const KINDS = { registry, s3, bucket: (bucket, base) => ({ ...s3(bucket, base), push: undefined }) };

function artifactsIn(folder) {
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.tgz') ? [file.slice(0, -4)] : []));
  return names.map((name) => {
    const content = readFileSync(join(folder, `${name}.tgz`));
    const view = readFileSync(join(folder, `${name}.yaml`));
    return { name, content, view, manifest: manifestOf({ content }) };
  });
}

async function pushAll({ push }, artifacts) {
  const pending = push === undefined ? [].values() : artifacts.values();
  const worker = async () => {
    for (const artifact of pending) await push(artifact);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
}

const [folder, ...targets] = process.argv.slice(2);
const artifacts = artifactsIn(folder);
const pushers = targets.map((target) => {
  const [, kind, parameter, base] = /^(\w+)=([\w-]+)@(.+)$/.exec(target);
  return KINDS[kind](parameter, base);
});
for (const { prepare } of pushers) await prepare();
const start = performance.now();
await Promise.all(pushers.map((pusher) => pushAll(pusher, artifacts)));
const seconds = (performance.now() - start) / 1000;
const requests = pushers.reduce((sum, pusher) => sum + pusher.requests(), 0);
process.stdout.write(`${JSON.stringify({ seconds, requests })}\n`);
process.exit(0);

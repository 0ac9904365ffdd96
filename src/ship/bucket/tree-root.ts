/** The one object of layout `tree`: a Flux Bucket and a Kustomization that read the folder of a content. */
import { isDigest } from '../../digest.ts';
import type { BucketAccess, Digest } from '../../model.ts';
import type { NameSpace } from '../store.ts';
import { rootName, type TreePlace } from './tree-name.ts';

/** What a root says; nothing else is in it. */
export interface Root extends TreePlace {
  readonly content: Digest;
  /** The folder of the content as clusters see it: full key, with a slash at its end. */
  readonly folder: string;
  readonly access: BucketAccess;
}

const API = { Bucket: 'source.toolkit.fluxcd.io/v1', Kustomization: 'kustomize.toolkit.fluxcd.io/v1' } as const;

/** A text of JSON is one of YAML too, whatever is in it. */
const quote = (value: string): string => JSON.stringify(value);

function headOf(kind: keyof typeof API, root: Root): readonly string[] {
  const { artifact, content, project, space, access } = root;
  return [
    `apiVersion: ${API[kind]}`,
    `kind: ${kind}`,
    'metadata:',
    '  annotations:',
    ...(space.kind === 'channel' ? [`    slipway.dev/channel: ${quote(space.channel)}`] : []),
    `    slipway.dev/content: ${content}`,
    `    slipway.dev/project: ${quote(project)}`,
    ...(space.kind === 'version' ? [`    slipway.dev/version: ${quote(space.version)}`] : []),
    '  labels:',
    `    slipway.dev/artifact: ${quote(artifact)}`,
    `  name: ${quote(rootName(root))}`,
    `  namespace: ${quote(access.namespace)}`,
    'spec:',
  ];
}

/** The bytes of a root: equal for equal arguments, keys in alphabetical order. */
export function rootBytes(root: Root): Uint8Array {
  const { folder, access } = root;
  const { bucket, endpoint, insecure, interval, provider, region, secretRef } = access;
  const lines = [
    ...headOf('Bucket', root),
    `  bucketName: ${quote(bucket)}`,
    `  endpoint: ${quote(endpoint)}`,
    ...(insecure ? ['  insecure: true'] : []),
    `  interval: ${quote(interval)}`,
    `  prefix: ${quote(folder)}`,
    `  provider: ${provider}`,
    ...(region === undefined ? [] : [`  region: ${quote(region)}`]),
    ...(secretRef === undefined ? [] : ['  secretRef:', `    name: ${quote(secretRef)}`]),
    '---',
    ...headOf('Kustomization', root),
    '  interval: 1h',
    // Never "./": an empty folder would prune everything, a missing one fails.
    `  path: ${quote(`./${folder.replace(/\/$/, '')}`)}`,
    '  prune: true',
    '  retryInterval: 2m',
    '  sourceRef:',
    '    kind: Bucket',
    `    name: ${quote(rootName(root))}`,
    '  timeout: 5m',
    '  wait: true',
    '',
  ];
  return Buffer.from(lines.join('\n'));
}

function valueIn(text: string, key: string): string | undefined {
  const [, value] = new RegExp(`^ +${key}: (.*)$`, 'm').exec(text) ?? [];
  if (value === undefined || !value.startsWith('"')) return value;
  try {
    return JSON.parse(value) as string;
  } catch {
    return undefined;
  }
}

function accessIn(text: string): BucketAccess | undefined {
  const [bucket, endpoint, interval] = ['bucketName', 'endpoint', 'interval'].map((key) => valueIn(text, key));
  const [namespace, provider, region] = ['namespace', 'provider', 'region'].map((key) => valueIn(text, key));
  const [, secretRef] = /^ {2}secretRef:\n {4}name: "([^"\\]*)"$/m.exec(text) ?? [];
  if (bucket === undefined || endpoint === undefined || interval === undefined || namespace === undefined) {
    return undefined;
  }
  if (provider !== 'generic' && provider !== 'aws' && provider !== 'gcp') return undefined;
  return {
    ...{ provider, bucket, endpoint, namespace, interval },
    insecure: /^ {2}insecure: true$/m.test(text),
    ...(region === undefined ? {} : { region }),
    ...(secretRef === undefined ? {} : { secretRef }),
  };
}

function spaceIn(text: string): NameSpace | undefined {
  const [channel, version] = ['channel', 'version'].map((key) => valueIn(text, `slipway\\.dev/${key}`));
  if (channel !== undefined) return { kind: 'channel', channel };
  return version === undefined ? undefined : { kind: 'version', version };
}

/** What a root says; undefined for whatever {@link rootBytes} would not have written byte for byte. */
export function readRoot(bytes: Uint8Array): Root | undefined {
  const text = Buffer.from(bytes).toString('utf8');
  const [artifact, content, project] = ['artifact', 'content', 'project'].map((key) =>
    valueIn(text, `slipway\\.dev/${key}`),
  );
  const space = spaceIn(text);
  const folder = valueIn(text, 'prefix');
  const access = accessIn(text);
  if (artifact === undefined || folder === undefined || access === undefined || !isDigest(content)) return undefined;
  if (project === undefined || space === undefined || !folder.endsWith(treeFolder(content))) return undefined;
  const root: Root = { project, space, artifact, content, folder, access };
  return Buffer.from(rootBytes(root)).equals(bytes) ? root : undefined;
}

/** Where the files of a content lie, one object each, below the store's prefix. */
export function treeFolder(content: Digest): string {
  return `content/sha256/${content.slice('sha256:'.length)}/`;
}

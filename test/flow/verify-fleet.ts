/** A signed release in four stores, and `slipway verify` on copies of it. */
import { createHash, generateKeyPairSync } from 'node:crypto';
import { afterAll, onTestFinished } from 'vitest';
import type { Verification, VerifiedArtifact } from '../../src/model.ts';
import type { Ended } from '../cli/bundle.ts';
import { clusters, slipway } from './fleet.ts';
import { type SourceTree, sourceTree } from './source-tree.ts';
import { type Contents, type Stage, type StageOptions, startStage } from './stage.ts';

/** The text of both halves of a new key, without a passphrase: stretching one takes time, and is tested elsewhere. */
export function pair(): { readonly key: string; readonly pub: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return { key, pub: publicKey.export({ type: 'spki', format: 'pem' }).toString() };
}

/** `north` and `south` in the registry `eu`, the bucket `us`, the folder `lab` and the image layouts `disk`. */
const CONFIG = `version: 1
artifacts:
  - { path: clusters/*, render: plain }
stores:
  eu: env://EU
  us: env://US
  lab: file:.slipway/bucket?layout=tarball
  disk: file:.slipway/layouts
primary: us
channel: prod
sign: { key: env://KEY }
verify: { key: env://PUB }
`;

export const OWN: ReturnType<typeof pair> = pair();

interface Published {
  readonly tree: SourceTree;
  readonly contents: Contents;
  readonly commit: string;
}

let once: Promise<Published> | undefined;

async function publishOnce(): Promise<Published> {
  const [tree, stage] = await Promise.all([sourceTree(), startStage()]);
  try {
    const files = { 'slipway.yaml': CONFIG, '.gitignore': '.slipway/\n', 'other.pub': pair().pub, ...clusters('one') };
    const commit = await tree.commit(files);
    const env = { ...stage.env, KEY: OWN.key, PUB: OWN.pub };
    const ended = await slipway(['publish', '--version', '1.4.0', '--quiet'], { cwd: tree.dir, env });
    if (ended.code !== 0) throw new Error(ended.stdout + ended.stderr);
    return { tree, contents: stage.contents(), commit };
  } finally {
    await stage.stop();
  }
}

/** Ends what {@link signedRelease} shares; to be called once in a test file. */
export function shareRelease(): void {
  afterAll(async () => {
    const ending = once;
    // Test files share modules: the next one publishes its own.
    once = undefined;
    await (await ending)?.tree.remove();
  });
}

/** How `slipway verify` ended. */
export interface Verified extends Ended {
  /** Of `--output json`. */
  readonly answer: Verification;
  /** Everything that was looked at, in its order. */
  readonly artifacts: readonly VerifiedArtifact[];
}

export interface SignedRelease {
  readonly tree: SourceTree;
  readonly stage: Stage;
  readonly commit: string;
  /** References of the artifact `north` in each store, and of others by replacing the name. */
  readonly refs: Readonly<Record<'eu' | 'us' | 'lab' | 'disk', string>>;
  /** `slipway verify --output json` with these arguments. */
  verify(...args: readonly string[]): Promise<Verified>;
  /** The same as text. */
  text(...args: readonly string[]): Promise<Ended>;
}

/** Stores of its own for a test, holding the release, whose source tree all tests share. */
export async function signedRelease(options: StageOptions = {}): Promise<SignedRelease> {
  once ??= publishOnce();
  const { tree, contents, commit } = await once;
  const stage = await startStage({ from: contents, ...options });
  onTestFinished(() => stage.stop());
  const text = (...args: readonly string[]): Promise<Ended> =>
    slipway(['verify', ...args], { cwd: tree.dir, env: { ...stage.env, KEY: OWN.key, PUB: OWN.pub } });
  return {
    ...{ tree, stage, commit, text },
    refs: {
      eu: `oci://${stage.registry.host}/fleet/north:prod`,
      us: `s3://fleet/gitops/channels/prod/north/manifests.yaml?region=us-east-1&endpoint=${stage.bucket.endpoint}`,
      lab: 'file:.slipway/bucket/channels/prod/north/manifests.tgz',
      disk: 'file:.slipway/layouts/north:prod',
    },
    async verify(...args) {
      const ended = await text(...args, '--output', 'json');
      const answer = JSON.parse(ended.stdout) as Verification;
      return { ...ended, answer, artifacts: answer.references?.flatMap(({ artifacts }) => artifacts) ?? [] };
    },
  };
}

export const sha256 = (bytes: Uint8Array): string => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;

/** A repository of the registry. */
export function repositoryIn(
  { stage }: SignedRelease,
  name: string,
): NonNullable<ReturnType<Contents['repositories']['get']>> {
  const found = stage.live.repositories.get(`fleet/${name}`);
  if (found === undefined) throw new Error(`no repository "${name}"`);
  return found;
}

/** Overwrites an object of the bucket behind everybody's back; the key begins below the prefix. */
export function overwrite({ stage }: SignedRelease, key: string, change: (bytes: Buffer) => Uint8Array): void {
  const full = `gitops/${key}`;
  const object = stage.live.objects.get(full);
  if (object === undefined) throw new Error(`no object "${full}"`);
  const bytes = Buffer.from(change(Buffer.from(object.bytes)));
  const etag = createHash('md5').update(bytes).digest('hex');
  stage.live.objects.set(full, { ...object, bytes, etag });
}

/** Keys of the bucket that begin so, below the prefix. */
export const keysIn = ({ stage }: SignedRelease, start: string): readonly string[] =>
  [...stage.live.objects.keys()]
    .filter((key) => key.startsWith(`gitops/${start}`))
    .map((key) => key.slice('gitops/'.length));

/** What was said of each artifact: its verdict, and why. */
export const verdicts = ({ artifacts }: Verified): readonly string[] =>
  artifacts.map(({ store, artifact, verdict, error }) =>
    [hidden(store), artifact, verdict, error && hidden(error.message)].filter((word) => word !== undefined).join(' '),
  );

/** Without what differs between runs: digests and ports. */
export const hidden = (text: string): string =>
  text.replace(/sha256:[0-9a-f]{64}/g, 'sha256:…').replace(/(127\.0\.0\.1):\d+/g, '$1');

/** A TUF repository on the loopback (TUF 1.0 with consistent snapshots), as Sigstore instances publish their trust root. */
import { createHash, generateKeyPairSync, sign } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface FakeTuf extends AsyncDisposable {
  readonly url: string;
  readonly host: string;
  /** The first `root.json`. */
  readonly root: string;
  /** What is served, by path: look, and change at will. */
  readonly files: Map<string, string>;
  /** Publishes other targets under the next version, signed anew unless told. */
  readonly publish: (targets: Readonly<Record<string, string>>, how?: Publishing) => void;
  readonly requests: readonly string[];
}

export interface Publishing {
  /** When the metadata expires; 2099 unless told. */
  readonly expires?: string;
  /** By another key than that of the root. */
  readonly forged?: true;
}

const keyPair = () => generateKeyPairSync('ed25519');
type Pair = ReturnType<typeof keyPair>;

/** Canonical JSON of TUF: sorted keys; our texts need no other care. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(',')}}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
const keyOf = ({ publicKey }: Pair): object => ({
  keytype: 'ed25519',
  scheme: 'ed25519',
  keyval: { public: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex') },
});
const idOf = (pair: Pair): string => sha256(canonical(keyOf(pair)));

function signed(pair: Pair, keyid: string, content: object): string {
  const sig = sign(null, Buffer.from(canonical(content)), pair.privateKey).toString('hex');
  return JSON.stringify({ signed: content, signatures: [{ keyid, sig }] });
}

/** Starts a repository with these targets. */
export async function startFakeTuf(targets: Readonly<Record<string, string>>): Promise<FakeTuf> {
  const pair = keyPair();
  const forger = keyPair();
  const id = idOf(pair);
  const files = new Map<string, string>();
  const requests: string[] = [];
  let version = 0;
  const content = (_type: string, expires: string, more: object): object => ({
    _type,
    spec_version: '1.0.31',
    version,
    expires,
    ...more,
  });
  const publish: FakeTuf['publish'] = (contents, { expires = '2099-01-01T00:00:00Z', forged } = {}) => {
    version += 1;
    const by = forged === true ? forger : pair;
    const info = Object.entries(contents).map(([name, text]) => {
      files.set(`/targets/${sha256(text)}.${name}`, text);
      return [name, { length: Buffer.byteLength(text), hashes: { sha256: sha256(text) } }];
    });
    const meta = (name: string): object => ({ meta: { [`${name}.json`]: { version } } });
    files.set(
      `/${version}.targets.json`,
      signed(by, id, content('targets', expires, { targets: Object.fromEntries(info) })),
    );
    files.set(`/${version}.snapshot.json`, signed(by, id, content('snapshot', expires, meta('targets'))));
    files.set('/timestamp.json', signed(by, id, content('timestamp', expires, meta('snapshot'))));
  };
  publish(targets);
  const role = { keyids: [id], threshold: 1 };
  const roles = { root: role, timestamp: role, snapshot: role, targets: role };
  const trust = { consistent_snapshot: true, keys: { [id]: keyOf(pair) }, roles };
  const root = signed(pair, id, content('root', '2099-01-01T00:00:00Z', trust));
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    const file = files.get(request.url ?? '');
    response.writeHead(file === undefined ? 404 : 200).end(file);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://${host}`, host, root, files, publish, requests, [Symbol.asyncDispose]: stop };
}

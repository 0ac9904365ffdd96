/** Logins where Docker and its relatives keep them. Read-only; nothing of a file's content is ever shown. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as v from 'valibot';
import { SlipwayError } from '../errors.ts';
import { helperRunner, type RunHelper } from './credential-helper.ts';
import {
  basicCredential,
  bearerCredential,
  type Credential,
  type CredentialSource,
  identityCredential,
} from './credentials.ts';

/** Where to look. */
export interface DockerCredentialsOptions {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Absolute. */
  readonly homeDir: string;
  /** Replaces reading from disk. Rejects with code `ENOENT` where there is no file. */
  readonly readFile?: (path: string) => Promise<string>;
  /** Replaces running `docker-credential-…` programs. */
  readonly runHelper?: RunHelper;
}

const Entry = v.looseObject({
  auth: v.nullish(v.string()),
  username: v.nullish(v.string()),
  password: v.nullish(v.string()),
  identitytoken: v.nullish(v.string()),
  registrytoken: v.nullish(v.string()),
});

const DockerConfig = v.looseObject({
  auths: v.nullish(v.record(v.string(), Entry)),
  credHelpers: v.nullish(v.record(v.string(), v.string())),
  credsStore: v.nullish(v.string()),
});

type Config = v.InferOutput<typeof DockerConfig>;

interface NamedConfig {
  /** How messages call it: a path or the variable. */
  readonly name: string;
  readonly config: Config;
}

/**
 * Finds logins in `DOCKER_AUTH_CONFIG` (JSON), `$DOCKER_CONFIG/config.json` or else `~/.docker/config.json`,
 * `$REGISTRY_AUTH_FILE` and `$XDG_RUNTIME_DIR/containers/auth.json`; the first that knows the host wins. Hosts match
 * exactly, also as `https://host/v1/`; Docker Hub by any of its names. A missing file is skipped. The source throws
 * `CONFIG` for a broken or unreadable file and a failing helper, `TOOL_MISSING` for a helper that is not installed.
 */
export function dockerCredentials(options: DockerCredentialsOptions): CredentialSource {
  const { env, homeDir, runHelper = helperRunner(homeDir, env) } = options;
  const read = options.readFile ?? ((path: string) => readFile(path, 'utf8'));
  let configs: Promise<readonly NamedConfig[]> | undefined;
  return async (host) => {
    configs ??= loadAll(env, homeDir, read);
    for (const named of await configs) {
      const credential = await findIn(named, host, runHelper);
      if (credential !== undefined) return credential;
    }
    return undefined;
  };
}

async function loadAll(
  env: Readonly<Record<string, string | undefined>>,
  homeDir: string,
  read: (path: string) => Promise<string>,
): Promise<readonly NamedConfig[]> {
  const { DOCKER_AUTH_CONFIG: inline, DOCKER_CONFIG: folder, XDG_RUNTIME_DIR: runtime } = env;
  const files = [join(folder || join(homeDir, '.docker'), 'config.json')];
  if (env.REGISTRY_AUTH_FILE) files.push(env.REGISTRY_AUTH_FILE);
  if (runtime) files.push(join(runtime, 'containers', 'auth.json'));
  const loaded = await Promise.all(files.map((file) => loadFile(file, read)));
  const found = loaded.filter((config) => config !== undefined);
  return inline ? [parseConfig('DOCKER_AUTH_CONFIG', inline), ...found] : found;
}

async function loadFile(path: string, read: (path: string) => Promise<string>): Promise<NamedConfig | undefined> {
  let text: string;
  try {
    text = await read(path);
  } catch (cause) {
    const code: unknown = cause instanceof Error ? Reflect.get(cause, 'code') : undefined;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    const hint = 'make the file readable, or point DOCKER_CONFIG at another folder';
    throw new SlipwayError('CONFIG', `Cannot read Docker config "${path}": ${String(code)}`, { cause, hint });
  }
  return parseConfig(path, text);
}

// Neither the JSON parser's error nor the schema's issues go along as cause: both quote the content.
function parseConfig(name: string, text: string): NamedConfig {
  const hint = 'correct it, or run "docker login" to write it anew';
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    throw new SlipwayError('CONFIG', `Cannot read Docker config "${name}": not valid JSON`, { hint });
  }
  const checked = v.safeParse(DockerConfig, json);
  if (checked.success) return { name, config: checked.output };
  const key = checked.issues[0].path?.[0].key;
  const place = typeof key === 'string' ? `"${key}"` : 'the document';
  throw new SlipwayError('CONFIG', `Cannot read Docker config "${name}": ${place} has the wrong type`, { hint });
}

async function findIn({ name, config }: NamedConfig, host: string, run: RunHelper): Promise<Credential | undefined> {
  const helper = lookUp(config.credHelpers ?? {}, host)?.value ?? (config.credsStore || undefined);
  const entry = lookUp(config.auths ?? {}, host);
  if (helper !== undefined) {
    // Helpers know a server by the key it was stored under, which for Docker Hub is a URL.
    const server = entry?.key ?? (hubNames.includes(host) ? 'https://index.docker.io/v1/' : host);
    const kept = await run(helper, server);
    if (kept !== undefined) return kept;
  }
  return entry === undefined ? undefined : readEntry(entry.value, `"${entry.key}" in Docker config "${name}"`);
}

const hubNames: readonly string[] = ['docker.io', 'index.docker.io', 'registry-1.docker.io'];

function lookUp<T>(
  map: Readonly<Record<string, T>>,
  host: string,
): { readonly key: string; readonly value: T } | undefined {
  const names = hubNames.includes(host) ? [host, ...hubNames] : [host];
  for (const wanted of names) {
    for (const [key, value] of Object.entries(map)) if (hostOfKey(key) === wanted.toLowerCase()) return { key, value };
  }
  return undefined;
}

/** The host a key stands for. A key with a path of its own is for a part of a host and stands for none. */
function hostOfKey(key: string): string | undefined {
  return /^(?:https?:\/\/)?([^/]+)(?:\/(?:v[12]\/?)?)?$/.exec(key)?.[1]?.toLowerCase();
}

function readEntry(entry: v.InferOutput<typeof Entry>, place: string): Credential | undefined {
  const { username, password } = entry.auth ? decodePair(entry.auth, place) : entry;
  if (entry.registrytoken) return bearerCredential(entry.registrytoken);
  if (entry.identitytoken) return identityCredential(username ?? '', entry.identitytoken);
  // An entry without a login only says that a helper has it.
  return username && password ? basicCredential(username, password) : undefined;
}

function decodePair(auth: string, place: string): { readonly username: string; readonly password: string } {
  const pair = Buffer.from(auth, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon > 0) return { username: pair.slice(0, colon), password: pair.slice(colon + 1).replace(/\0+$/, '') };
  const hint = 'log in again: it has to be the base64 form of "user:password"';
  throw new SlipwayError('CONFIG', `Cannot read the login of ${place}: "auth" is malformed`, { hint });
}

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { ToolVersion } from '../model.ts';
import { exec, minimalEnv } from '../wire/exec.ts';

/** A program found on PATH. `path` is absolute. */
export interface Tool extends ToolVersion {
  readonly path: string;
}

/** Looks up programs and asks each for its version once, however many artifacts are rendered with it. */
export interface ToolCache {
  /** The program, or undefined when it is not on PATH. Throws when it is there and does not answer. */
  find(name: KnownTool): Promise<Tool | undefined>;
}

export type KnownTool = 'kustomize' | 'kubectl' | 'helm';

interface VersionQuery {
  readonly args: readonly string[];
  readonly read: (output: string) => string | undefined;
}

const SEMVER = /v?\d+\.\d+\.\d+[\w.+-]*/;

/** How each program tells its version; `kubectl` also tells that of the kustomize in it. */
const QUERIES: Readonly<Record<KnownTool, VersionQuery>> = {
  kustomize: { args: ['version'], read: (output) => SEMVER.exec(output)?.[0] },
  helm: { args: ['version', '--template', '{{.Version}}'], read: (output) => SEMVER.exec(output)?.[0] },
  kubectl: { args: ['version', '--client'], read: readKubectl },
};

function readKubectl(output: string): string | undefined {
  const client = /Client Version: (v\d\S*)|GitVersion:"(v[^"]+)"/.exec(output)?.slice(1).find(Boolean);
  const kustomize = /Kustomize Version: (\S+)/.exec(output)?.[1];
  if (client === undefined) return undefined;
  return kustomize === undefined ? client : `${client} (kustomize ${kustomize})`;
}

const VERSION_LIMITS = { timeoutSeconds: 30, maxOutputBytes: 1_000_000 } as const;

/** A cache for one run; `env` is the environment of the door, of which PATH is searched. */
export function toolCache(env: Readonly<Record<string, string | undefined>>): ToolCache {
  const known = new Map<KnownTool, Promise<Tool | undefined>>();
  return {
    find(name) {
      const answer = known.get(name) ?? lookUp(name, env);
      known.set(name, answer);
      return answer;
    },
  };
}

async function lookUp(name: KnownTool, env: Readonly<Record<string, string | undefined>>): Promise<Tool | undefined> {
  const path = findOnPath(name, env);
  if (path === undefined) return undefined;
  const { args, read } = QUERIES[name];
  const options = { cwd: join(path, '..'), env: minimalEnv(env), ...VERSION_LIMITS };
  const { stdout } = await exec([path, ...args], options);
  return { name, path, version: read(Buffer.from(stdout).toString()) ?? 'unknown' };
}

function findOnPath(name: string, env: Readonly<Record<string, string | undefined>>): string | undefined {
  const endings = (env.PATHEXT ?? '').split(';');
  const folders = (env.PATH ?? '').split(delimiter).filter((folder) => folder !== '');
  const places = folders.flatMap((folder) => endings.map((ending) => join(folder, name + ending)));
  return places.find(isProgram);
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

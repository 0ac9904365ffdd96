/** A lock between processes: one file, made create-only, that says who holds it. */
import { randomBytes } from 'node:crypto';
import { link, open, readFile, rm } from 'node:fs/promises';
import { hostname } from 'node:os';
import { kill, pid } from 'node:process';
import { setTimeout as sleep } from 'node:timers/promises';
import { SlipwayError } from '../../errors.ts';
import { isSystemError } from './layout-files.ts';

/** How long to wait for another holder, in seconds. */
export interface LockOptions {
  readonly waitSeconds?: number;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** When the process started, in clock ticks since boot; empty where the system does not say. */
  readonly start: string;
  /** Tells this taking of the lock from every other. */
  readonly token: string;
}

const defaultWaitSeconds = 30;

/**
 * Runs `action` while holding the lock file at `path`, whose folder exists. A lock whose process is dead on this host is
 * broken; one of another host never is. Throws `STORE`, naming the holder, when the lock is not free in time.
 */
export async function withLock<T>(path: string, action: () => Promise<T>, options: LockOptions = {}): Promise<T> {
  const holder: Holder = { pid, host: hostname(), start: await startOf(pid), token: randomBytes(16).toString('hex') };
  await take(path, holder, options.waitSeconds ?? defaultWaitSeconds);
  try {
    return await action();
  } finally {
    await rm(path, { force: true });
  }
}

async function take(path: string, holder: Holder, waitSeconds: number): Promise<void> {
  const deadline = performance.now() + waitSeconds * 1000;
  for (let count = 0; ; count++) {
    if (await create(path, holder)) return;
    const other = await readHolder(path);
    if (other !== undefined && (await isDead(other))) await breakLock(path, other);
    if (performance.now() >= deadline) throw heldError(path, other, waitSeconds);
    // Jittered, so that several waiters do not keep step.
    await sleep(Math.min(50, 2 + count * 2) * (0.5 + Math.random()));
  }
}

/** The file appears with its content: a reader never sees a lock without its holder. */
async function create(path: string, holder: Holder): Promise<boolean> {
  const aside = `${path}.${holder.token}`;
  const file = await open(aside, 'wx');
  try {
    await file.writeFile(JSON.stringify(holder));
    await file.close();
    await link(aside, path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'EEXIST')) return false;
    throw error;
  } finally {
    await rm(aside, { force: true });
  }
}

async function readHolder(path: string): Promise<Holder | undefined> {
  try {
    const holder: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isHolder(holder) ? holder : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}

function isHolder(value: unknown): value is Holder {
  if (typeof value !== 'object' || value === null) return false;
  const { pid: id, host, start, token } = value as Record<string, unknown>;
  const areTexts = [host, start, token].every((text) => typeof text === 'string');
  return Number.isSafeInteger(id) && areTexts && /^[0-9a-f]{32}$/.test(String(token));
}

async function isDead(holder: Holder): Promise<boolean> {
  if (holder.host !== hostname()) return false;
  try {
    kill(holder.pid, 0);
  } catch (error) {
    return isSystemError(error, 'ESRCH');
  }
  // Alive, but perhaps another process that got the number: containers give 1 to each of theirs.
  const start = await startOf(holder.pid);
  return holder.start !== '' && start !== '' && start !== holder.start;
}

// proc(5): field 22 of /proc/<pid>/stat; counted after the program's name, which may hold spaces and brackets.
async function startOf(id: number): Promise<string> {
  try {
    const stat = await readFile(`/proc/${id}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    // Not Linux, or gone meanwhile: liveness alone decides.
    return '';
  }
}

/**
 * Only one process may remove a dead holder's file, or a slow second one would remove the lock that a third has taken
 * meanwhile. A link named after the dead holder decides who, and shows whether the lock is still that holder's.
 */
async function breakLock(path: string, dead: Holder): Promise<void> {
  const claim = `${path}.dead-${dead.token}`;
  try {
    await link(path, claim);
  } catch (error) {
    if (isSystemError(error, 'EEXIST', 'ENOENT')) return;
    throw error;
  }
  try {
    if ((await readHolder(claim))?.token === dead.token) await rm(path, { force: true });
  } finally {
    await rm(claim, { force: true });
  }
}

function heldError(path: string, other: Holder | undefined, waitSeconds: number): SlipwayError {
  const who = other === undefined ? 'an unknown process' : `process ${other.pid} on host "${other.host}"`;
  return new SlipwayError('STORE', `Cannot lock "${path}" within ${waitSeconds} s: ${who} holds it`, {
    hint: 'wait until that run has ended; if it is gone, remove the file',
  });
}

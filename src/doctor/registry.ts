/** A registry, or image layouts on disk: whether they can be read and written, and what they cannot do. */
import { digestOf } from '../digest.ts';
import type { HealthLine } from '../model.ts';
import type { Repositories } from '../ship/ports.ts';
import { caution, fine, hasProblem, orProblem, told } from './lines.ts';

/** A registry to look at. */
export interface RegistryPatient {
  readonly repositories: Repositories;
  /** Where the records are, which every publisher writes. */
  readonly repository: string;
  /** Whether it is the primary of what is looked at. */
  readonly primary: boolean;
  /** Tries to write; absent where nothing may be written. */
  readonly rights?: () => Promise<readonly HealthLine[]>;
}

/** Everything that can be told of it without a project's records. */
export async function examineRegistry(patient: RegistryPatient): Promise<readonly HealthLine[]> {
  const { repositories, repository } = patient;
  const reached = await orProblem('reach', async () => {
    await repositories.tags(repository);
    return [fine('reach', `reachable, and repository "${repository}" may be read`)];
  });
  if (hasProblem(reached)) return reached;
  const rights = patient.rights === undefined ? [] : await orProblem('rights', patient.rights);
  const referrers = await orProblem('referrers', () => referrersOf(patient));
  return [...reached, ...rights, lockLine(patient), ...referrers];
}

/** Uploads a blob that nothing refers to, so that no reader ever sees it, and takes it away again. `scratch` is new for each run. */
export async function mayPush(
  { repositories, repository }: Pick<RegistryPatient, 'repositories' | 'repository'>,
  scratch: string,
): Promise<readonly HealthLine[]> {
  const bytes = Buffer.from(`${JSON.stringify({ probe: scratch, what: 'rights' })}\n`);
  const digest = digestOf(bytes);
  await repositories.putBlob(repository, digest, bytes);
  try {
    await repositories.deleteBlob(repository, digest);
  } catch (thrown) {
    told(thrown);
    return [fine('rights', 'may push; the registry collects by itself what nothing refers to')];
  }
  return [fine('rights', 'may push')];
}

function lockLine({ repositories, primary }: RegistryPatient): HealthLine {
  if (repositories.lock === 'cas') return fine('creates', 'creates are atomic by construction: it is a folder');
  const text = 'registries have no create-only writes (lock: none): of publishers at once the last one is seen';
  if (!primary) return fine('creates', `${text}; another store orders releases`);
  return caution('creates', text, 'let CI run one publisher at a time, or make a bucket the primary');
}

async function referrersOf({ repositories, repository }: RegistryPatient): Promise<readonly HealthLine[]> {
  const nobody = digestOf(Buffer.from('slipway doctor'));
  const listed = await repositories.referrers(repository, nobody);
  return [
    listed === undefined
      ? fine('referrers', 'no referrers API: proofs are found by their fallback tag')
      : fine('referrers', 'has the referrers API: proofs are found by it'),
  ];
}

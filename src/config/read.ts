/** Reads `slipway.yaml`: text → checked config, or one error that lists everything wrong with its place. */
import { SlipwayError } from '../errors.ts';
import type { CheckSettings } from '../model.ts';
import { checkConfig } from './check.ts';
import { checkSettings } from './check-settings.ts';
import type { ConsumerSettings } from './consumer.ts';
import { type Environment, withEnvironment } from './environment.ts';
import { excerptOf, placeOf, type Source } from './excerpt.ts';
import type { ChannelFile, ConfigFile } from './file.ts';
import { type GateSettings, gateSettings } from './gates-settings.ts';
import type { Problem } from './problem.ts';
import { validate } from './problems.ts';
import { type RenderRule, renderRule } from './render.ts';
import type { SealSettings, VerifySettings } from './seal-settings.ts';
import type { StoreSpec } from './settings.ts';
import { signSettings, verifySettings } from './sign-settings.ts';
import { namesText } from './text-source.ts';
import { type WaveRule, waveRules } from './waves-settings.ts';
import { type Located, type Path, parseYaml } from './yaml.ts';

/** One entry of `artifacts:`. `path` and `name` may hold wildcards and placeholders. */
export interface ArtifactRule {
  readonly name: string;
  readonly path: string;
  readonly render: RenderRule;
  /** `file:line:column` of the entry. */
  readonly place: string;
}

/** What holds for one channel, or for all. */
export interface ChannelRule {
  readonly stores?: readonly string[];
  readonly primary?: string;
  readonly quorum?: 'all' | number;
  /** Instead of the config's. */
  readonly verify?: VerifySettings;
  /** Instead of the config's. */
  readonly gates?: readonly GateSettings[];
  /** In the order of a promotion. Absent: all at once. */
  readonly waves?: readonly WaveRule[];
}

/** A checked `slipway.yaml`. What touches the file system (globs, names made of paths) is checked later. */
export interface Config {
  /** The file as the user knows it, for messages. */
  readonly file: string;
  /** Absolute folder of the file; relative paths start here. */
  readonly dir: string;
  readonly project: string;
  readonly artifacts: readonly ArtifactRule[];
  /** Empty when the file names none: the embedded default store. */
  readonly stores: readonly StoreSpec[];
  readonly primary?: string;
  readonly quorum: 'all' | number;
  readonly channel?: string;
  readonly channels: Readonly<Record<string, ChannelRule>>;
  readonly seal: SealSettings;
  /** In the order in which they are asked. Absent: none. */
  readonly gates?: readonly GateSettings[];
  readonly check: CheckSettings;
  /** How clusters reach what is published; that of each store is in its spec. */
  readonly consumer?: ConsumerSettings;
}

/** Where a config file lies, and the environment its `env://` references read. */
export interface ReadOptions {
  /** Absolute folder of the file. */
  readonly dir: string;
  readonly env: Environment;
}

const EXAMPLE = 'a minimal file: { version: 1, artifacts: [{ path: ./deploy }] }';

function failure(source: Source, located: Located, problems: readonly Problem[]): SlipwayError {
  const ordered = problems
    .map((problem) => ({ ...problem, offset: located.offsetOf(problem.path, problem.part) }))
    .sort((a, b) => a.offset - b.offset);
  const [only] = ordered;
  const lines = ordered.map(({ offset, message, hint, secret = false }) => {
    const advice = hint === undefined || ordered.length === 1 ? '' : ` (${hint})`;
    return [`${placeOf(source, offset)}: ${message}${advice}`, secret ? '' : excerptOf(source, offset)]
      .filter((l) => l !== '')
      .join('\n');
  });
  const count = lines.length === 1 ? '' : `: ${lines.length} problems`;
  const hint = ordered.length === 1 ? only?.hint : undefined;
  return new SlipwayError(
    'CONFIG',
    `Cannot use config file "${source.file}"${count === '' ? ': ' : `${count}\n`}${lines.join('\n')}`,
    {
      hint: hint ?? 'correct the file; its keys are described in docs/config.md',
    },
  );
}

function parsed(source: Source): Located {
  const document = parseYaml(source.text);
  if ('reason' in document) {
    const { offset, reason } = document;
    throw failure(source, { value: undefined, offsetOf: () => offset }, [{ path: [], part: 'value', message: reason }]);
  }
  if (document.value === undefined || document.value === null) {
    throw new SlipwayError('CONFIG', `Cannot use config file "${source.file}": ${source.file}:1:1: the file is empty`, {
      hint: EXAMPLE,
    });
  }
  if (typeof document.value !== 'object' || Array.isArray(document.value)) {
    throw failure(source, document, [
      { path: [], part: 'value', message: 'expected a mapping of keys to values', hint: EXAMPLE },
    ]);
  }
  return document;
}

/**
 * Reads the text of a config file. Throws `CONFIG` with every problem as `file:line:column`, its source line and a caret.
 * `file` is the name to show. Values that came from the environment and credentials are never shown.
 */
export function readConfig(text: string, file: string, { dir, env }: ReadOptions): Config {
  const source: Source = { file, text: text.replace(/^\uFEFF/, '') };
  const located = parsed(source);
  const { value, problems } = withEnvironment(located.value, env, namesText);
  const validated = validate(value);
  const found = [...problems, ...validated.problems];
  if (validated.config === undefined) throw failure(source, located, found);
  const checked = checkConfig(validated.config, dir);
  // A reference that could not be filled is one problem, not two.
  const more = checked.problems.filter(({ path }) => !problems.some((known) => String(known.path) === String(path)));
  if (problems.length + more.length > 0) throw failure(source, located, [...problems, ...more]);
  return configOf(validated.config, {
    file,
    dir,
    stores: checked.stores,
    placeAt: (path) => placeOf(source, located.offsetOf(path, 'value')),
  });
}

interface Around {
  readonly file: string;
  readonly dir: string;
  readonly stores: readonly StoreSpec[];
  readonly placeAt: (path: Path) => string;
}

function configOf(written: ConfigFile, { file, dir, stores, placeAt }: Around): Config {
  return {
    file,
    dir,
    project: written.project ?? 'default',
    artifacts: written.artifacts.map((artifact, index) => ({
      name: artifact.name ?? '{dir}',
      path: artifact.path,
      render: renderRule(artifact.render ?? 'source', dir),
      place: placeAt(['artifacts', index]),
    })),
    stores,
    ...(written.primary === undefined ? {} : { primary: written.primary }),
    quorum: written.quorum ?? 'all',
    ...(written.channel === undefined ? {} : { channel: written.channel }),
    channels: Object.fromEntries(
      Object.entries(written.channels ?? {}).map(([name, rule]) => [
        name,
        ruleOf(rule ?? {}, dir, (path) => placeAt(['channels', name, 'waves', ...path])),
      ]),
    ),
    seal: {
      ...(written.sign !== undefined && { sign: signSettings(written.sign, dir) }),
      ...(written.verify !== undefined && { verify: verifySettings(written.verify, dir) }),
    },
    ...(written.gates !== undefined && { gates: gateSettings(written.gates, dir) }),
    check: checkSettings(written.check ?? {}, written.tenants ?? [], dir),
    ...(written.consumer !== undefined && { consumer: written.consumer }),
  };
}

const ruleOf = (
  { verify, gates, waves, ...rule }: ChannelFile,
  dir: string,
  waveAt: (path: Path) => string,
): ChannelRule => ({
  ...rule,
  ...(verify !== undefined && { verify: verifySettings(verify, dir) }),
  ...(gates !== undefined && { gates: gateSettings(gates, dir) }),
  ...(waves !== undefined && { waves: waveRules(waves, dir, waveAt) }),
});

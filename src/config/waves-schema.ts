/** The form of `waves:` of a channel, and what a schema cannot say about it. */
import * as v from 'valibot';
import { about, mapping, say, text } from './form.ts';
import { gateWhomSchema } from './gates-schema.ts';
import { gateProblems } from './gates-settings.ts';
import type { Problem } from './problem.ts';
import { soakSeconds, type WaveFile } from './waves-settings.ts';

const pattern = v.pipe(
  v.string(say('an artifact name, in which * stands for any characters')),
  v.regex(/^[\w.*-]+$/, say('an artifact name, in which * stands for any characters')),
);

const wave = mapping({
  name: about(
    v.pipe(
      text(),
      v.regex(
        /^[A-Za-z0-9][\w.-]{0,62}$/,
        say('at most 63 letters, digits, "-", "_" and ".", a letter or digit first'),
      ),
    ),
    'Its name, which --wave and the release record use',
  ),
  artifacts: v.exactOptional(
    about(
      v.pipe(v.array(pattern, say('a list of patterns')), v.minLength(1, say('at least one pattern'))),
      'Names of its artifacts; * stands for any characters. Only the last wave may have none: it takes all that remain',
    ),
  ),
  soak: v.exactOptional(
    about(
      v.pipe(
        v.string(say('a time such as 90s, 30m, 2h or 1d')),
        v.check((written) => soakSeconds(written) !== undefined, say('a time such as 90s, 30m, 2h or 1d, at most 7d')),
      ),
      'How long it has to be live before the next wave: 90s, 30m, 2h, 1d; at most 7d. Default: no time',
    ),
  ),
  gate: v.exactOptional(
    about(
      gateWhomSchema,
      'Who is asked, once it was live for so long, whether the next wave may begin. Default: nobody',
    ),
  ),
});

/** The schema of `waves:`. */
export const wavesForm: v.GenericSchema<unknown, readonly WaveFile[]> = v.pipe(
  v.array(wave, say('a list of waves')),
  v.minLength(1, say('at least one wave')),
);

/** What is wrong with waves that fit the schema; paths begin at the list. */
export function waveProblems(waves: readonly WaveFile[]): readonly Problem[] {
  const names = waves.map(({ name }) => name);
  return waves.flatMap(({ name, artifacts, gate }, index): readonly Problem[] => {
    const twice: Problem = {
      path: [index, 'name'],
      part: 'value',
      message: `two waves are called "${name}"`,
      hint: 'give each wave a name of its own',
    };
    const all: Problem = {
      path: [index],
      part: 'value',
      message: `wave "${name}" has no artifacts, and is not the last wave`,
      hint: 'list its artifacts: only the last wave takes all that remain',
    };
    return [
      ...(names.indexOf(name) === index ? [] : [twice]),
      ...(artifacts === undefined && index < waves.length - 1 ? [all] : []),
      ...gateProblems(gate === undefined ? [] : [{ ...gate, name }]).map((problem) => ({
        ...problem,
        path: [index, 'gate', ...problem.path.slice(1)],
      })),
    ];
  });
}

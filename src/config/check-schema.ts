/** The form of `check:` in `slipway.yaml`. */
import * as v from 'valibot';
import type { CheckFile } from './file.ts';
import { about, mapping, say, text, words } from './form.ts';

/** YAML makes a number of an unquoted version, and drops the zero of `1.30`. */
const version = (product: string, example: string): v.GenericSchema<string> =>
  about(
    v.pipe(
      v.string((issue) =>
        typeof issue.input === 'number'
          ? `expected a version in quotes, such as "${example}": without them YAML takes 1.30 for 1.3`
          : `expected a version in quotes, such as "${example}"`,
      ),
      v.regex(/^v?\d+\.\d+(?:\.\d+)?$/, say(`a version such as "${example}"`)),
    ),
    `Version of ${product} that the manifests are for, in quotes: "${example}". Default: the newest known`,
  );

const command = mapping({
  name: about(
    v.pipe(
      text(),
      v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, say('a name of lower-case letters, digits and single hyphens')),
    ),
    'What findings call it',
  ),
  run: about(
    v.pipe(words('a list: the program and its arguments'), v.nonEmpty(say('at least the program'))),
    'The program and its arguments; no shell. It gets the manifests of one artifact on standard input',
  ),
  timeout: v.exactOptional(
    about(
      v.pipe(
        v.number(say('seconds')),
        v.minValue(1, say('seconds, at least 1')),
        v.maxValue(3600, say('seconds, at most 3600')),
      ),
      'Seconds it may take for one artifact. Default: 60',
    ),
  ),
});

/** The schema of `check:`. Which rules there are is checked later. */
export const checkSchema: v.GenericSchema<unknown, CheckFile> = mapping({
  kubernetes: v.exactOptional(version('Kubernetes', '1.34')),
  flux: v.exactOptional(version('Flux', '2.8')),
  crds: v.exactOptional(
    about(
      words('a list of files and folders'),
      'Files and folders with CustomResourceDefinitions that the clusters have already, relative to this file',
    ),
  ),
  rules: v.exactOptional(
    about(
      v.record(
        v.string(),
        v.picklist(['off', 'warn', 'error'], say('"off", "warn" or "error"')),
        say('a mapping of rules to "off", "warn" or "error"'),
      ),
      'What rules are set to; slipway check --list-rules shows all',
    ),
  ),
  commands: v.exactOptional(
    about(v.array(command, say('a list of commands')), 'Programs that look at the manifests too'),
  ),
  images: v.exactOptional(
    about(
      v.picklist(['exist'], say('"exist"')),
      'exist: ask the registries whether the images are there. Default: nothing is asked',
    ),
  ),
});

/** The form of `gates:` in `slipway.yaml`. */
import * as v from 'valibot';
import { about, mapping, say, text, words } from './form.ts';
import type { GateFile } from './gates-settings.ts';

/** Whom a gate asks, and for how long. */
const whom = {
  run: v.exactOptional(
    about(
      v.pipe(words('a list: the program and its arguments'), v.nonEmpty(say('at least the program'))),
      'The program and its arguments; no shell. It gets the question as JSON on standard input, and prints the answer',
    ),
  ),
  env: v.exactOptional(
    about(
      v.record(v.string(), v.string(say('a text, in quotes')), say('a mapping of names to texts')),
      'Environment of the program: texts, or env://NAME for what it needs of ours',
    ),
  ),
  url: v.exactOptional(
    about(text('a URL'), 'Where the question is sent to as JSON by POST: https, or http on loopback'),
  ),
  token: v.exactOptional(about(text('env://NAME'), 'Sent to the URL as bearer token: env://NAME')),
  timeout: v.exactOptional(
    about(
      v.pipe(text('a time such as 5m'), v.regex(/^[1-9]\d{0,4}[smh]$/, say('a time such as 30s, 5m or 2h'))),
      'How long the answer may take: a number with s, m or h, at most 24h. Default: 5m',
    ),
  ),
};

const gate = mapping({
  name: about(
    v.pipe(
      text(),
      v.regex(/^[a-z0-9]+(?:-[a-z0-9]+)*$/, say('a name of lower-case letters, digits and single hyphens')),
    ),
    'What messages and the release record call it',
  ),
  ...whom,
});

/** The schema of `gates:`. What excludes what is checked later. */
export const gatesSchema: v.GenericSchema<unknown, GateFile[]> = v.array(gate, say('a list of gates'));

/** The schema of a single gate, which needs no name of its own. */
export const gateWhomSchema: v.GenericSchema<unknown, Omit<GateFile, 'name'>> = mapping(whom);

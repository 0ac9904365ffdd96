import { expect, test } from 'vitest';
import type { ReleaseLog } from '../../src/model.ts';
import { logText } from '../../src/report/log.ts';
import { entry } from '../watch/history/records.ts';

test('what somebody wrote into a record moves no cursor', () => {
  const odd = '\u001b[2J';
  const { content, manifest, size, resources, since } = entry('web', 'a', 1);
  const log: ReleaseLog = {
    ...{
      schema: 1,
      project: 'default',
      channel: 'prod',
      generations: [],
      gaps: [],
      older: 0,
      stores: {},
      warnings: [odd],
    },
    at: {
      ...{ time: '2026-05-01T12:00:00Z', generation: 1, until: odd },
      artifacts: [{ name: odd, commit: odd, content, manifest, size, resources, since }],
    },
  };
  expect(logText(log)).toContain('At 2026-05-01T12:00:00Z generation 1 of prod was live');
  expect(logText(log)).not.toContain('\u001b');
});

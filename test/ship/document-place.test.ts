import { expect, test } from 'vitest';
import type { ReleaseRecord } from '../../src/model.ts';
import { encode, recordAt } from '../../src/ship/document.ts';
import { made } from '../watch/history/records.ts';

test('a record that was copied from another channel or number is none', () => {
  const own: ReleaseRecord = { ...made({ letters: { web: 'a' }, generation: 6 }), channel: 'staging' };
  const read = (channel: string, generation: number) => recordAt(encode(own), 'it', { channel, generation });
  expect(read('staging', 6)).toMatchObject({ generation: 6 });
  const message = 'Cannot read it: it holds generation 6 of channel "staging", which was copied there';
  expect(() => read('prod', 6)).toThrow(message);
  expect(() => read('staging', 7)).toThrow(message);
});

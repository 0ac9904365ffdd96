import fc from 'fast-check';
import { expect, test } from 'vitest';
import { publicRemote } from '../../src/wire/git-remote.ts';

test.each([
  ['https://github.com/acme/fleet.git', 'https://github.com/acme/fleet.git'],
  ['https://x-access-token:hunter2@github.com/acme/fleet', 'https://github.com/acme/fleet'],
  ['https://hunter2@dev.azure.com/acme/_git/fleet/', 'https://dev.azure.com/acme/_git/fleet'],
  ['http://host:8080/a?token=hunter2#hunter2', 'http://host:8080/a'],
  ['ssh://git@host:22/acme/fleet', 'ssh://host/acme/fleet'],
  ['ssh://git@host:2222/acme/fleet', 'ssh://host:2222/acme/fleet'],
  ['git+ssh://git@host/acme/fleet', 'ssh://host/acme/fleet'],
  ['git://host/acme/fleet', 'git://host/acme/fleet'],
  ['git@github.com:acme/fleet.git', 'ssh://github.com/acme/fleet.git'],
  ['github.com:/acme/fleet', 'ssh://github.com/acme/fleet'],
  ['bob:hunter2@host:acme/fleet', 'ssh://host/acme/fleet'],
  ['git@[::1]:acme/fleet', 'ssh://[::1]/acme/fleet'],
])('%s is shown as %s', (remote, shown) => {
  expect(publicRemote(remote)).toBe(shown);
});

test.each([
  '/srv/git/fleet',
  '../fleet',
  './a:b',
  'fleet',
  'C:\\repos\\fleet',
  'C:/repos/fleet',
  'file:///srv/git/fleet',
  '',
  'ext::sh -c hunter2',
  'https://',
  'https://host',
  'host:',
  'a b:c',
])('%j is not an address that others can use', (remote) => {
  expect(publicRemote(remote)).toBeUndefined();
});

test('whatever the remote, a password before an @ does not come through', () => {
  const piece = fc.constantFrom(
    'https://',
    'ssh://',
    'git',
    'bob',
    ':',
    '@',
    '/',
    'host',
    '.',
    '[::1]',
    '//',
    '%40',
    ' ',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.array(piece, { maxLength: 8 }), (before, after) => {
      const shown = publicRemote(`${before.join('')}hunter2@${after.join('')}`);
      expect(shown ?? '').not.toMatch(/hunter2@/);
    }),
    { numRuns: 1000 },
  );
});

import { expect, test } from 'vitest';
import { repositoryProblem, splitHost } from '../../src/config/registry-name.ts';

test.each([
  ['ghcr.io', { hostname: 'ghcr.io', loopback: false }],
  ['localhost:5000', { hostname: 'localhost', port: 5000, loopback: true }],
  ['127.0.0.1:5000', { hostname: '127.0.0.1', port: 5000, loopback: true }],
  ['127.8.9.1', { hostname: '127.8.9.1', loopback: true }],
  ['[::1]:5000', { hostname: '[::1]', port: 5000, loopback: true }],
  ['[0:0:0:0:0:0:0:1]', { hostname: '[0:0:0:0:0:0:0:1]', loopback: true }],
  ['[2001:db8::1]', { hostname: '[2001:db8::1]', loopback: false }],
  ['[::11]', { hostname: '[::11]', loopback: false }],
  ['my_registry:443', { hostname: 'my_registry', port: 443, loopback: false }],
  ['reg.localhost', { hostname: 'reg.localhost', loopback: true }],
  ['localhost.example', { hostname: 'localhost.example', loopback: false }],
  ['127.0.0.1.example', { hostname: '127.0.0.1.example', loopback: false }],
])('%j is a host', (authority, host) => {
  expect(splitHost(authority)).toEqual(host);
});

test.each(['', ':5000', 'a b', 'a..b', '.a', 'a:0', 'a:65536', 'a:', 'a:1:2', '[::1', '::1', '[zz]', 'a/b', 'a@b'])(
  '%j is no host',
  (authority) => {
    expect(splitHost(authority)).toBeUndefined();
  },
);

test('repositories follow the OCI grammar and may leave the artifact open once', () => {
  for (const good of ['app', 'fleet/{artifact}', 'fleet-{artifact}/x', 'a/b_c/d--e', '{artifact}'])
    expect(repositoryProblem(good)).toBeUndefined();
  expect(repositoryProblem('')).toMatch(/no repository/);
  expect(repositoryProblem('Fleet/app')).toMatch(/lower-case/);
  expect(repositoryProblem('a//b')).toMatch(/not made of/);
  expect(repositoryProblem('a/')).toMatch(/not made of/);
  expect(repositoryProblem('{artifact}/{artifact}')).toMatch(/once/);
  expect(repositoryProblem('{name}')).toMatch(/not made of/);
  expect(repositoryProblem(`a/${'b'.repeat(260)}`)).toMatch(/255/);
});

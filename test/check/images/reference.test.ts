import { describe, expect, test } from 'vitest';
import { fullReference, parseImage } from '../../../src/check/images/reference.ts';

const hex = 'a'.repeat(64);

describe('a reference', () => {
  test.each([
    ['web', 'docker.io/library/web:latest'],
    ['web:1.4', 'docker.io/library/web:1.4'],
    ['team/web', 'docker.io/team/web:latest'],
    ['docker.io/web:1', 'docker.io/library/web:1'],
    ['index.docker.io/team/web', 'docker.io/team/web:latest'],
    ['localhost/web', 'localhost/web:latest'],
    ['localhost:5000/web:1', 'localhost:5000/web:1'],
    ['registry.example.com/a/b/c:v1.2-rc_3', 'registry.example.com/a/b/c:v1.2-rc_3'],
    ['[::1]:5000/web', '[::1]:5000/web:latest'],
    ['Registry/web', 'Registry/web:latest'],
    [`web@sha256:${hex}`, `docker.io/library/web@sha256:${hex}`],
    [`registry.example.com/web:1.4@sha256:${hex}`, `registry.example.com/web@sha256:${hex}`],
    [`web@sha512:${hex}${hex}`, `docker.io/library/web@sha512:${hex}${hex}`],
    ['a__b/c--d/e.f', 'docker.io/a__b/c--d/e.f:latest'],
  ])('"%s" means %s', (image, full) => {
    const reference = parseImage(image);
    expect(reference === undefined ? undefined : fullReference(reference)).toBe(full);
  });

  test.each([
    ['upper case in the repository', 'team/Web:1'],
    ['a scheme', 'https://registry.example.com/web'],
    ['an empty tag', 'web:'],
    ['a tag that is too long', `web:${'a'.repeat(129)}`],
    ['a tag with a slash', 'team/web:1/2'],
    ['a space', 'web: 1'],
    ['a space behind it', 'web:1 '],
    ['a line break behind it', 'web:1\n'],
    ['a short digest', `web@sha256:${hex.slice(1)}`],
    ['an unknown digest', `web@md5:${hex.slice(32)}`],
    ['an upper-case digest', `web@sha256:${hex.toUpperCase()}`],
    ['two digests', `web@sha256:${hex}@sha256:${hex}`],
    ['two slashes', 'team//web'],
    ['a slash behind it', 'registry.example.com/web/'],
    ['only a host', 'registry.example.com/'],
    ['three underscores', 'a___b'],
    ['a dash at the end', 'web-'],
    ['an image ID', hex],
    ['a repository of more than 255 characters', `registry.example.com/${'a/'.repeat(128)}b`],
    ['nothing', ''],
  ])('with %s is none', (_what, image) => {
    expect(parseImage(image)).toBeUndefined();
  });
});

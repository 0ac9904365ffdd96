import { SlipwayError } from '../errors.ts';

/**
 * The address of something in a repository: `rest` such as `manifests/prod` below `base`, an URL that ends with `/v2/`.
 * Throws `CONFIG` for a name that would lead anywhere else, with `..`, `?` or `#` in it.
 */
export function registryPath(base: URL, repository: string, rest: string): URL {
  const path = `${repository}/${rest}`;
  const url = new URL(path, base);
  if (url.origin === base.origin && url.pathname === `${base.pathname}${path}`) return url;
  throw new SlipwayError('CONFIG', `Cannot use "${path}" in a registry: it is not a valid name`, {
    hint: 'use a repository of lower-case letters, digits and ". _ - /", and a tag of letters, digits and ". _ -"',
  });
}

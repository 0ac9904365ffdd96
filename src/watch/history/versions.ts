/** Versions that have the content of a record. */
import type { Entry, VersionClaim } from '../../model.ts';

/** Names of the versions that claim exactly these artifacts with this content, in the order of the claims. */
export function versionsOf(artifacts: readonly Entry[], claims: readonly VersionClaim[]): readonly string[] {
  const held = new Map(artifacts.map(({ name, content }) => [name, content]));
  return claims
    .filter(
      ({ artifacts: claimed }) =>
        claimed.length === held.size && claimed.every(({ name, content }) => held.get(name) === content),
    )
    .map(({ version }) => version);
}

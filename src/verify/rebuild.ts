/** Whether the checkout makes what is published. */
import { resolveBuild } from '../config/resolve.ts';
import type { VerifyCommandSettings } from '../config/resolve-verify.ts';
import { asSlipwayError, SlipwayError } from '../errors.ts';
import type { Digest, Failure, Provenance, Rebuilt } from '../model.ts';
import { build } from '../pipeline.ts';
import { openBuild, type RunContext } from '../plan.ts';
import { gitFacts } from '../wire/git.ts';

/** What is published. */
export interface Published {
  readonly artifact: string;
  readonly content: Digest;
  /** That it was published from, where it is known. */
  readonly commit: string | undefined;
}

/** Compares a published artifact with what the checkout makes of it. Throws `INTERRUPTED`. */
export type Rebuild = (published: Published) => Promise<Rebuilt>;

/** What the checkout makes. */
interface Checkout {
  readonly provenance: Provenance;
  readonly contents: ReadonlyMap<string, Digest>;
}

/** A rebuild that builds everything that the config lists when it is first asked, and once. */
export function rebuilderOf({ config }: VerifyCommandSettings, context: RunContext): Rebuild {
  let made: Promise<Checkout | SlipwayError> | undefined;
  return async ({ artifact, content, commit }) => {
    made ??= checkout(config?.file, context).catch(asSlipwayError);
    const ours = await made;
    if (ours instanceof SlipwayError) {
      if (ours.code === 'INTERRUPTED') throw ours;
      return { equal: false, ...(commit === undefined ? {} : { published: commit }), error: failureOf(ours) };
    }
    const { provenance, contents } = ours;
    const digest = contents.get(artifact);
    const facts = {
      ...(digest === undefined ? {} : { digest }),
      ...(commit === undefined ? {} : { published: commit }),
      ...(provenance.commit === undefined ? {} : { checkedOut: provenance.commit }),
    };
    if (digest === content) return { equal: true, ...facts };
    return { equal: false, ...facts, error: differing({ artifact, content, commit }, digest, provenance) };
  };
}

async function checkout(file: string | undefined, context: RunContext): Promise<Checkout> {
  const settings = await resolveBuild(file === undefined ? {} : { config: file }, context);
  const { env } = context;
  const paths = settings.artifacts.map(({ root }) => root);
  const provenance = await gitFacts({ root: settings.root, paths, env });
  const packed = await build(await openBuild(settings, context));
  return { provenance, contents: new Map(packed.map(({ name, content }) => [name, content.digest])) };
}

function failureOf({ code, message, hint }: SlipwayError): Failure {
  if (code === 'FINDINGS') {
    return {
      code,
      message: 'Cannot build it again: the checks find errors in the checkout',
      hint: 'run slipway check',
    };
  }
  return { code, message, ...(hint === undefined ? {} : { hint }) };
}

function differing({ artifact, content, commit }: Published, digest: Digest | undefined, ours: Provenance): Failure {
  if (digest === undefined) {
    const message = `Cannot build "${artifact}" again: the config has no such artifact`;
    return { code: 'SOURCE', message, hint: whatNext(commit, ours) };
  }
  const message = `"${artifact}" differs from what the checkout makes: "${content}" is published, "${digest}" was built`;
  return { code: 'SOURCE', message, hint: whatNext(commit, ours) };
}

function whatNext(published: string | undefined, { commit, dirty }: Provenance): string {
  if (published === undefined) return 'check out the commit that it was published from, and run this again';
  if (published !== commit) return `it was published from commit "${published}": check it out, and run this again`;
  if (dirty) return 'the checkout has changes that are not committed: put them away, and run this again';
  return 'the commit is the same: compare the versions of the tools that render, then slipway build --out with slipway pull';
}

/** What the Kustomizations of a run will stumble over in the artifacts that they build. */
import { textOfFile } from '../file-text.ts';
import type { ArtifactView, ReleaseCheck, ReleaseReport } from '../view.ts';
import { type Consumer, consumersIn, filesBuilt, isThere } from './consumers.ts';
import { jsonOf } from './json.ts';
import { layoutOf } from './layout.ts';
import { checkStrays } from './strays.ts';
import { checkVariables } from './variable-checks.ts';

/** Looks at what is built from the artifacts of a run. */
export const checkConsumers: ReleaseCheck = (views, { targets }, report) => {
  const consumers = consumersIn(views);
  for (const consumer of consumers.filter((one) => !isThere(one))) reportMissing(consumer, report);
  const there = consumers.filter(isThere);
  checkStrays(views, there, report);
  if (there.length === 0) return;
  const patched = patchedIn(views);
  if (!patched.variables) for (const consumer of there) checkVariables(consumer, targets, report);
  if (!patched.decryption) checkDecryption(there, report);
};

function reportMissing({ object, home, target, sync, folder }: Consumer, report: ReleaseReport): void {
  const { name, render } = target.artifact;
  const source = render.kind === 'source';
  report(
    home,
    {
      rule: 'flux/path-missing',
      field: sync.path === undefined ? ['spec'] : ['spec', 'path'],
      message: `The artifact "${name}" has no folder "${folder}"`,
      found: `"${sync.path ?? ''}"`,
      ...(!source && { expected: '"./"' }),
      hint: source
        ? 'correct the path (upper and lower case count)'
        : 'write "./": what is rendered lies in one file at the root',
    },
    object,
  );
}

/** What somebody patches into Kustomizations, so that they do not say it themselves. */
interface Patched {
  readonly variables: boolean;
  readonly decryption: boolean;
}

function patchedIn(views: readonly ArtifactView[]): Patched {
  const found = views.flatMap((view) => [
    ...view.objects.flatMap(({ facts }) => facts.flux?.patches ?? []),
    ...(view.artifact.render.kind === 'source' ? patchedByFiles(view) : []),
  ]);
  return {
    variables: found.some(({ variables }) => variables),
    decryption: found.some(({ decryption }) => decryption),
  };
}

function patchedByFiles({ files }: ArtifactView): readonly Patched[] {
  const layout = layoutOf(files);
  const texts = layout.kustomizations.flatMap(({ fields, names }) => [
    jsonOf(fields),
    ...names.flatMap(({ use, target }) => {
      const file = use === 'patch' || use === 'plugin' ? layout.file(target ?? '') : undefined;
      return file === undefined ? [] : [textOfFile(file)];
    }),
  ]);
  return texts.map((text) => ({
    variables: /substitute|postBuild/.test(text),
    decryption: text.includes('decryption'),
  }));
}

/** Secrets that all who build them leave encrypted. */
function checkDecryption(consumers: readonly Consumer[], report: ReleaseReport): void {
  const files = new Map(consumers.map((consumer) => [consumer, filesBuilt(consumer)]));
  for (const target of new Set(consumers.map((consumer) => consumer.target))) {
    for (const object of target.objects.filter(({ facts }) => facts.flux?.encrypted === true)) {
      const building = consumers.filter((one) => one.target === target && files.get(one)?.has(object.document.file));
      const [first] = building;
      if (first === undefined || building.some(({ sync }) => sync.decrypts)) continue;
      const { name } = first.object.facts;
      report(
        target,
        {
          rule: 'flux/sops-decryption',
          field: ['sops'],
          message: `SOPS encrypted this Secret, and Kustomization "${name}", which applies it, does not decrypt`,
          hint: `set "spec.decryption" of Kustomization "${name}"`,
        },
        object,
      );
    }
  }
}

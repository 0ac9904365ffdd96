/** What is wrong with the kustomization files of an artifact that Flux builds itself. */
import { didYouMean } from '../../config/suggest.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck, ArtifactReport } from '../view.ts';
import { jsonOf } from './json.ts';
import type { KustomizationFile, NamedPath } from './kustomization-file.ts';
import { type Layout, layoutOf } from './layout.ts';
import { isBelow } from './paths.ts';
import { saysObject } from './roles.ts';

/** Looks at the kustomization files of artifacts of sources. */
export const checkKustomizations: ArtifactCheck = ({ artifact, files }, _context, report) => {
  if (artifact.render.kind !== 'source') return;
  const layout = layoutOf(files);
  for (const file of layout.kustomizations) checkFile(layout, file, report);
};

function checkFile(layout: Layout, file: KustomizationFile, report: ArtifactReport): void {
  const own = layout.kustomizationOf(file.folder);
  if (own !== undefined && own !== file) {
    const message = `The folder holds "${own.path}" and "${file.path}": kustomize takes one kustomization file`;
    report({ rule: 'flux/kustomize-two-files', message, hint: 'merge them, and delete one' }, { file: file.path });
  }
  for (const breach of [...inHead(file), ...inNames(layout, file)]) report(breach, file.placeOf(breach.field ?? []));
}

const API_VERSIONS = {
  Kustomization: 'kustomize.config.k8s.io/v1beta1',
  Component: 'kustomize.config.k8s.io/v1alpha1',
};

function inHead(file: KustomizationFile): readonly Breach[] {
  if (!file.readable) return [];
  const { apiVersion, kind, ...fields } = file.fields;
  const expected = file.component ? 'Component' : 'Kustomization';
  if (kind !== undefined && kind !== null && kind !== expected) {
    return [wrongKind('kind', kind, '"Kustomization" or "Component"')];
  }
  if (apiVersion !== undefined && apiVersion !== null && apiVersion !== API_VERSIONS[expected]) {
    return [wrongKind('apiVersion', apiVersion, `"${API_VERSIONS[expected]}"`)];
  }
  if (Object.values(fields).every((value) => value === undefined || value === null)) {
    const message = `"${file.path}" says nothing: kustomize refuses an empty kustomization file`;
    return [{ rule: 'flux/kustomize-empty', message, hint: 'list resources in it, or delete it' }];
  }
  return [...unknownFields(file), ...helmFields(file), ...deprecatedFields(file)];
}

function wrongKind(field: string, found: unknown, expected: string): Breach {
  return {
    rule: 'flux/kustomize-kind',
    field: [field],
    message: `A file of this name is kustomize's own configuration, and its ${field} is ${jsonOf(found)}`,
    found: jsonOf(found),
    expected,
    hint: 'give an object of Flux or of the cluster another file name, such as sync.yaml; else correct the field',
  };
}

const FIELDS =
  'openapi namePrefix nameSuffix namespace commonLabels labels commonAnnotations patchesStrategicMerge patchesJson6902 patches images imageTags replacements replicas vars sortOptions resources components crds bases configMapGenerator secretGenerator helmGlobals helmCharts helmChartInflationGenerator generatorOptions configurations generators transformers validators buildMetadata apiVersion kind metadata'.split(
    ' ',
  );
const KNOWN = new Set(FIELDS.map((name) => name.toLowerCase()));

function unknownFields({ fields }: KustomizationFile): readonly Breach[] {
  return Object.keys(fields)
    .filter((name) => !KNOWN.has(name.toLowerCase()))
    .map((name) => {
      const hint = didYouMean(name, FIELDS);
      const message = `kustomize knows no field "${name}": it refuses the file, or Flux drops the field`;
      return { rule: 'flux/kustomize-field', field: [name], message, ...(hint !== undefined && { hint }) };
    });
}

function helmFields({ fields }: KustomizationFile): readonly Breach[] {
  return ['helmCharts', 'helmChartInflationGenerator']
    .filter((name) => Array.isArray(fields[name]) && fields[name].length > 0)
    .map((name) => ({
      rule: 'flux/kustomize-helm',
      field: [name],
      message: `Flux never runs Helm from a kustomization file: "${name}" fails the build`,
      hint: 'use a HelmRelease, or publish with `render: kustomize` and `enableHelm: true`',
    }));
}

const DEPRECATED: Readonly<Record<string, string>> = {
  bases: 'resources',
  commonLabels: 'labels',
  imageTags: 'images',
  patchesJson6902: 'patches',
  patchesStrategicMerge: 'patches',
  vars: 'replacements',
};

function deprecatedFields({ fields }: KustomizationFile): readonly Breach[] {
  return Object.entries(DEPRECATED)
    .filter(([name]) => fields[name] !== undefined)
    .map(([name, instead]) => ({
      rule: 'flux/kustomize-deprecated',
      field: [name],
      message: `kustomize has deprecated "${name}"`,
      hint: `use "${instead}"; \`kustomize edit fix\` changes the file`,
    }));
}

function inNames(layout: Layout, file: KustomizationFile): readonly Breach[] {
  const seen = new Set<string>();
  return file.names.flatMap((named) => {
    const breach = atName(layout, file, named) ?? (named.use === 'resource' ? twice(layout, named, seen) : undefined);
    return breach === undefined ? [] : [{ ...breach, field: named.field }];
  });
}

function atName(layout: Layout, file: KustomizationFile, named: NamedPath): Breach | undefined {
  const { target, written, use } = named;
  if (target === undefined || (layout.file(target) === undefined && !layout.isFolder(target))) {
    if (named.remote) return remote(named);
    return use === 'helm' ? undefined : absent(named);
  }
  if (use === 'patch' || use === 'data' || use === 'helm') {
    return layout.isFolder(target) ? missing(`"${written}" is a folder, and only a file can be read here`) : undefined;
  }
  if (layout.file(target) !== undefined) {
    return use === 'component' ? missing(`"${written}" is a file, and a component is a folder`) : undefined;
  }
  return atFolder(layout, file, named, target);
}

function atFolder(layout: Layout, file: KustomizationFile, named: NamedPath, target: string): Breach | undefined {
  const { use, written } = named;
  const there = layout.kustomizationOf(target);
  if (there === undefined) return missing(`"${written}" is a folder without a kustomization file`);
  if (leadsBack(layout, target, file.folder)) {
    const message = `"${written}" leads back to this folder: kustomize refuses cycles`;
    return { rule: 'flux/kustomize-cycle', message, hint: 'move what both need into a folder of its own' };
  }
  if (!there.readable || there.component === (use === 'component')) return undefined;
  const message = there.component
    ? `"${written}" is a Component, and "${named.field[0]}" takes none`
    : `"${written}" is a Kustomization, and "components" takes Components only`;
  const hint = there.component ? 'list it under "components"' : 'list it under "resources", or make it a Component';
  return { rule: 'flux/kustomize-component', message, hint };
}

function absent({ target, written }: NamedPath): Breach {
  if (target !== undefined) return missing(`The artifact holds no "${target}", which is listed here as "${written}"`);
  return {
    rule: 'flux/kustomize-outside',
    message: `"${written}" leads out of the artifact: Flux keeps kustomize inside it`,
    hint: 'publish a folder that holds both, or use `render: kustomize`',
  };
}

function missing(message: string): Breach {
  const hint = 'correct the path (upper and lower case count), or see whether .sourceignore leaves it out';
  return { rule: 'flux/kustomize-missing', message, hint };
}

function remote({ written }: NamedPath): Breach {
  return {
    rule: 'flux/kustomize-remote',
    message: `"${written}" is loaded from elsewhere at every build in the cluster: it is not part of the artifact`,
    hint: 'copy it into the artifact, or use `render: kustomize`, which loads it once',
  };
}

/** Whether a folder's kustomization comes, over any number of others, to a folder or to one that it lies in. */
function leadsBack(layout: Layout, from: string, to: string): boolean {
  const seen = new Set<string>();
  const waiting = [from];
  for (let folder = waiting.pop(); folder !== undefined; folder = waiting.pop()) {
    if (folder === to || isBelow(to, folder)) return true;
    seen.add(folder);
    for (const { use, target } of layout.kustomizationOf(folder)?.names ?? []) {
      const leads = (use === 'resource' || use === 'component') && target !== undefined && layout.isFolder(target);
      if (leads && !seen.has(target)) waiting.push(target);
    }
  }
  return false;
}

function twice(layout: Layout, { target, written }: NamedPath, seen: Set<string>): Breach | undefined {
  if (target === undefined) return undefined;
  if (!seen.has(target)) {
    seen.add(target);
    return undefined;
  }
  const file = layout.file(target);
  const holds =
    file === undefined ? layout.kustomizationOf(target)?.names.some(({ use }) => use === 'resource') : saysObject(file);
  if (holds !== true) return undefined;
  const message = `"${written}" is listed twice: kustomize refuses to add an object again`;
  return { rule: 'flux/kustomize-twice', message, hint: 'remove one of the two' };
}

/** What is wrong with a source of Flux by itself. */
import type { FieldPath } from '../../model.ts';
import { type Fields, fieldsOf, type KubernetesObject, listOf, textOf } from '../object.ts';
import type { Report } from '../rule.ts';
import type { ObjectCheck } from '../view.ts';
import { isFlux, isVariable } from './kinds.ts';

type SourceCheck = (spec: Fields, report: Report, object: KubernetesObject) => void;

const CHECKS: Readonly<Record<string, readonly SourceCheck[]>> = {
  OCIRepository: [checkUrl, checkRef, checkInsecure],
  Bucket: [checkEndpoint, checkPrefix, checkInsecure],
  HelmRepository: [checkInsecure],
  GitRepository: [checkGit],
  ExternalArtifact: [checkExternalArtifact],
  ArtifactGenerator: [checkCopies],
  Receiver: [checkWildcard],
};

/** Looks at sources, and at what reads or triggers them. */
export const checkSource: ObjectCheck = (object, _context, report) => {
  if (!isFlux(object)) return;
  const checks = Object.hasOwn(CHECKS, object.kind) ? CHECKS[object.kind] : undefined;
  for (const check of checks ?? []) check(fieldsOf(object.value.spec), report, object);
};

function checkUrl({ url }: Fields, report: Report): void {
  if (typeof url !== 'string' || isVariable(url)) return;
  const [, repository = ''] = /^oci:\/\/[^/]+\/(.+)$/.exec(url) ?? [];
  const extra = /[:@].*$/.exec(repository)?.[0];
  if (extra === undefined) return;
  const what = extra.startsWith('@') ? 'digest' : 'tag';
  report({
    rule: 'flux/oci-url',
    field: ['spec', 'url'],
    message: `The URL "${url}" ends in a ${what}: Flux refuses it`,
    found: `"${url}"`,
    expected: `"${url.slice(0, -extra.length)}"`,
    hint: `write "${extra.slice(1)}" into "spec.ref.${what}"`,
  });
}

/** In the order in which Flux takes them. */
const REFS = ['digest', 'semver', 'tag'];

function checkRef(spec: Fields, report: Report): void {
  const ref = fieldsOf(spec.ref);
  const [taken, ...others] = REFS.filter((key) => ref[key] !== undefined && ref[key] !== '');
  if (taken === undefined) {
    report({
      rule: 'flux/oci-latest',
      field: ['spec', 'ref'],
      message: 'No tag, version or digest is named: Flux takes the tag "latest"',
      hint: 'name a channel in "spec.ref.tag", or versions in "spec.ref.semver"',
    });
  }
  for (const other of others) {
    report({
      rule: 'flux/oci-ref',
      field: ['spec', 'ref', other],
      message: `"${other}" has no effect beside "${taken}"`,
      hint: `remove "${other}" or "${taken}"`,
    });
  }
}

function checkInsecure({ insecure, certSecretRef }: Fields, report: Report, { kind }: KubernetesObject): void {
  if (insecure !== true) return;
  const unchecked = kind === 'OCIRepository' && certSecretRef === undefined ? ', and certificates are not checked' : '';
  report({
    rule: 'flux/insecure',
    field: ['spec', 'insecure'],
    message: `"insecure" lets Flux fetch over plain HTTP${unchecked}: whoever is on the way decides what the cluster runs`,
    hint: 'remove it; for a private certificate authority use "certSecretRef"',
  });
}

function checkEndpoint({ endpoint, provider = 'generic' }: Fields, report: Report): void {
  if (typeof endpoint !== 'string' || !(provider === 'generic' || provider === 'aws')) return;
  const [scheme] = /^[a-z]+:\/\//.exec(endpoint) ?? [];
  if (scheme === undefined) return;
  report({
    rule: 'flux/bucket-endpoint',
    field: ['spec', 'endpoint'],
    message: `The endpoint "${endpoint}" begins with "${scheme}": the S3 client refuses it`,
    found: `"${endpoint}"`,
    expected: 'a host, or host:port',
    hint: `remove "${scheme}"${scheme === 'http://' ? ', and set "insecure: true" for plain HTTP' : ''}`,
  });
}

function checkPrefix({ prefix }: Fields, report: Report): void {
  if (typeof prefix !== 'string' || prefix === '' || isVariable(prefix)) return;
  const field = ['spec', 'prefix'];
  if (prefix.startsWith('/')) {
    const message = `The prefix "${prefix}" begins with a slash, and no key does: the Bucket finds nothing`;
    report({ rule: 'flux/bucket-prefix', field, message, hint: 'remove the first slash' });
  } else if (!prefix.endsWith('/')) {
    const message = `The prefix "${prefix}" does not end in a slash: it also takes "${prefix}-old/" and the like`;
    report({ rule: 'flux/bucket-prefix', field, message, hint: `write "${prefix}/"` });
  }
}

function checkGit(_spec: Fields, report: Report): void {
  report({
    rule: 'flux/git-source',
    message: 'The cluster needs access to Git for this source',
    hint: 'publish the repository with slipway, and use an OCIRepository or a Bucket',
  });
}

function checkExternalArtifact(_spec: Fields, report: Report): void {
  report({
    rule: 'flux/external-artifact',
    message: 'An ExternalArtifact lives by its status, which is dropped when Flux applies it: it never becomes ready',
    hint: 'publish the ArtifactGenerator that makes it',
  });
}

function checkCopies({ sources, artifacts }: Fields, report: Report): void {
  const known = new Set(listOf(sources).map((source) => fieldsOf(source).alias));
  for (const [index, artifact] of listOf(artifacts).entries()) {
    const revision = textOf(fieldsOf(artifact).revision)?.replace(/^@/, '');
    if (revision !== undefined && revision !== '' && !known.has(revision)) {
      reportAlias(revision, [index, 'revision'], report);
    }
    for (const [at, copy] of listOf(fieldsOf(artifact).copy).entries()) {
      const { from, strategy } = fieldsOf(copy);
      const [, alias, path] = /^@([^/]+)\/(.*)$/.exec(textOf(from) ?? '') ?? [];
      if (alias === undefined || path === undefined) continue;
      if (!known.has(alias)) reportAlias(alias, [index, 'copy', at, 'from'], report);
      if (strategy === 'Extract' && !/[*?[\]{]|\.(?:tar\.gz|tgz)$/i.test(path)) {
        reportExtract(path, [index, 'copy', at, 'from'], report);
      }
    }
  }
}

function reportExtract(path: string, at: FieldPath, report: Report): void {
  report({
    rule: 'flux/generator-extract',
    field: ['spec', 'artifacts', ...at],
    message: `"Extract" opens files that end in .tar.gz or .tgz, and "${path}" does not`,
    hint: 'name the archive, or remove "strategy"',
  });
}

function reportAlias(alias: string, at: FieldPath, report: Report): void {
  report({
    rule: 'flux/generator-alias',
    field: ['spec', 'artifacts', ...at],
    message: `No source has the alias "${alias}"`,
    hint: 'correct the alias, or add it to "spec.sources"',
  });
}

function checkWildcard({ resources }: Fields, report: Report): void {
  for (const [index, resource] of listOf(resources).entries()) {
    const { name, matchLabels } = fieldsOf(resource);
    if (name !== '*' || (matchLabels !== undefined && matchLabels !== null)) continue;
    report({
      rule: 'flux/receiver-labels',
      field: ['spec', 'resources', index],
      message: 'The name "*" needs "matchLabels": without them the Receiver answers every call with an error',
      hint: 'add "matchLabels", or name the resource',
    });
  }
}

import { describe, expect, test } from 'vitest';
import { check } from '../../../src/check/check.ts';
import type { Example } from '../../../src/check/rule.ts';
import { NEWEST } from '../../../src/check/schema/catalog.ts';
import { SlipwayError } from '../../../src/errors.ts';
import { found } from '../found.ts';

const hex = 'a'.repeat(64);
const pod = (image: string): string =>
  `apiVersion: v1\nkind: Pod\nmetadata:\n  name: web\nspec:\n  containers:\n    - name: web\n      image: ${JSON.stringify(image)}\n`;

async function of(example: Example, on?: string): Promise<readonly string[]> {
  const findings = await found('image', example, on);
  return findings.map(({ rule, severity, path, message }) => `${severity} ${rule} ${path} ${message}`);
}

describe('an image', () => {
  test.each([
    ['web', 'warn image/latest spec.containers[0].image Image "web" has no tag, which means latest'],
    ['web:latest', 'warn image/latest spec.containers[0].image Image "web:latest" is whatever is newest'],
    [
      'registry.example.com:5000/web',
      'warn image/latest spec.containers[0].image Image "registry.example.com:5000/web" has no tag, which means latest',
    ],
    ['Web:1', 'error image/invalid spec.containers[0].image "Web:1" names no image: repositories are lower case'],
    ['web:', 'error image/invalid spec.containers[0].image "web:" names no image: the tag is missing behind the colon'],
    ['web:1 ', 'error image/invalid spec.containers[0].image "web:1 " names no image: it begins or ends with a space'],
    ['web :1', 'error image/invalid spec.containers[0].image "web :1" names no image: it has a space in it'],
    [
      'https://example.com/web:1',
      'error image/invalid spec.containers[0].image "https://example.com/web:1" names no image: it begins with a URL scheme',
    ],
    ['<image>', 'error image/invalid spec.containers[0].image "<image>" names no image: it is a placeholder'],
    [
      'web@sha256:12',
      'error image/invalid spec.containers[0].image "web@sha256:12" names no image: "sha256:12" is not a digest such as sha256:… with 64 hexadecimal digits',
    ],
    [
      hex,
      `error image/invalid spec.containers[0].image "${hex}" names no image: it looks like the ID of a local image`,
    ],
    ['web-:1', 'error image/invalid spec.containers[0].image "web-:1" names no image: it is not of this form'],
  ])('"%s" has one finding', async (image, line) => {
    expect(await of(pod(image))).toEqual([line]);
  });

  test.each(['web:1.4.2', `web@sha256:${hex}`, `web:latest@sha256:${hex}`, 'auto', `registry.example.com/web:\${TAG}`])(
    '"%s" has none',
    async (image) => {
      expect(await of(pod(image))).toEqual([]);
    },
  );

  test('with a tag has to have a digest only where that is asked for', async () => {
    expect(await of(pod('web:1.4.2'), 'image/unpinned')).toEqual([
      'warn image/unpinned spec.containers[0].image Image "web:1.4.2" has no digest: its tag can be moved to something else',
    ]);
    expect(await of(pod(`web@sha256:${hex}`), 'image/unpinned')).toEqual([]);
  });

  test('is found in all containers and in volumes, of every kind that makes pods', async () => {
    const spec = {
      initContainers: [{ name: 'a', image: 'a' }],
      containers: [
        { name: 'b', image: 'b:1' },
        { name: 'c', image: 'c' },
      ],
      volumes: [{ name: 'd', image: { reference: 'd' } }],
    };
    const cron = {
      apiVersion: 'batch/v1',
      kind: 'CronJob',
      metadata: { name: 'web' },
      spec: {
        schedule: '* * * * *',
        jobTemplate: { spec: { template: { spec: { restartPolicy: 'Never', ...spec } } } },
      },
    };
    const findings = await found('image', JSON.stringify(cron));
    const at = 'spec.jobTemplate.spec.template.spec';
    expect(findings.map(({ path }) => path)).toEqual([
      `${at}.initContainers[0].image`,
      `${at}.containers[1].image`,
      `${at}.volumes[0].image.reference`,
    ]);
  });

  test('that a kustomization of a source artifact replaces is left out', async () => {
    const kustomization = 'resources: [web.yaml]\nimages:\n  - name: web\n    newTag: 1.4.2\n';
    const files = { 'kustomization.yaml': kustomization, 'web.yaml': pod('web') };
    expect(await of({ artifacts: { app: files }, render: 'source' })).toEqual([]);
    expect(await of({ artifacts: { app: { ...files, 'web.yaml': pod('web2') } }, render: 'source' })).toHaveLength(1);
  });
});

test('an image that a patch of a source artifact may correct is no error', async () => {
  const files = (kustomization: string): Readonly<Record<string, string>> => ({
    'kustomization.yaml': `resources: [web.yaml]\n${kustomization}`,
    'web.yaml': pod('SET_BY_PATCH'),
    'patch.yaml': pod('web:1.4.2'),
  });
  const of = (kustomization: string): Promise<readonly unknown[]> =>
    found('image', { artifacts: { app: files(kustomization) }, render: 'source', images: {} });
  expect(await of('')).toHaveLength(1);
  expect(await of('patches: [{ path: patch.yaml }]\n')).toEqual([]);
});

describe('the question whether images exist', () => {
  const images = { 'docker.io/library/web:1': true, 'docker.io/library/web:2': false };
  const asking = (...all: readonly string[]): Example => ({
    artifacts: { app: { 'manifests.yaml': all.map(pod).join('---\n') } },
    images,
  });

  test('makes an error of a missing one', async () => {
    expect(await of(asking('web:1', 'web:2'))).toEqual([
      'error image/missing spec.containers[0].image Image "web:2" does not exist: its registry does not know "docker.io/library/web:2"',
    ]);
  });

  test('makes a warning of a registry that does not answer', async () => {
    expect(await of(asking('web:3'))).toEqual([
      'warn image/unknown spec.containers[0].image Nothing is known about image "web:3": Cannot look for image "docker.io/library/web:3": its registry wants a login',
    ]);
  });

  test('is not asked about what is no reference, or not final', async () => {
    expect(await of(asking('Web:1', `web:\${TAG}`))).toEqual([
      'error image/invalid spec.containers[0].image "Web:1" names no image: repositories are lower case',
    ]);
  });

  /** Checks two artifacts that run the same images. */
  const run = (
    all: readonly string[],
    imageExists: (reference: string) => Promise<boolean>,
  ): ReturnType<typeof check> =>
    check(
      ['one', 'two'].map((name) => ({
        artifact: { name, root: `/${name}`, shown: name, render: { kind: 'plain' } },
        files: [{ path: 'manifests.yaml', bytes: Buffer.from(all.map(pod).join('---\n')) }],
        resources: all.length,
        origins: ({ file, line, column }) => ({ file, line, column }),
      })),
      {
        targets: NEWEST,
        crds: [],
        rules: {},
        tenants: [],
        commands: [],
        runPolicy: () => Promise.reject(new Error('There are no policies')),
        imageExists,
      },
    );

  test('is asked once per image of a run, and at most 8 times at once', async () => {
    const asked: string[] = [];
    let [now, most] = [0, 0];
    const uses = Array.from({ length: 40 }, (_, index) => `web:${index % 20}`);
    const checked = await run(uses, async (reference) => {
      asked.push(reference);
      now += 1;
      most = Math.max(most, now);
      await new Promise(setImmediate);
      now -= 1;
      return !reference.endsWith(':7');
    });
    expect(new Set(asked).size).toBe(20);
    expect(asked).toHaveLength(20);
    expect(most).toBe(8);
    const missing = checked.map(({ findings }) => findings.filter(({ rule }) => rule === 'image/missing').length);
    expect(missing).toEqual([2, 2]);
  });

  test('ends with the run that is interrupted, and hides no defect', async () => {
    const interrupted = new SlipwayError('INTERRUPTED', 'Interrupted');
    await expect(run(['web'], () => Promise.reject(interrupted))).rejects.toThrow('Interrupted');
    await expect(run(['web'], () => Promise.reject(new TypeError('defect')))).rejects.toThrow('defect');
  });
});

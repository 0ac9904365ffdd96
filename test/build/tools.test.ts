import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type KnownTool, toolCache } from '../../src/build/tools.ts';
import { programs } from './programs.ts';
import { temporaryFolder } from './tree.ts';

const print = (text: string): string => `console.log(${JSON.stringify(text)})`;

describe('toolCache', () => {
  it.each<[KnownTool, string, string]>([
    ['kustomize', 'v5.8.1', 'v5.8.1'],
    ['kustomize', '{Version:kustomize/v4.5.4 GitCommit:cf3a BuildDate:2022-03-28 GoOs:linux}', 'v4.5.4'],
    ['kustomize', '(devel)', 'unknown'],
    ['helm', 'v4.3.1', 'v4.3.1'],
    ['kubectl', 'Client Version: v1.34.0\nKustomize Version: v5.7.1', 'v1.34.0 (kustomize v5.7.1)'],
    [
      'kubectl',
      'Client Version: version.Info{Major:"1", GitVersion:"v1.27.3"}\nKustomize Version: v5.0.1',
      'v1.27.3 (kustomize v5.0.1)',
    ],
    ['kubectl', 'Client Version: v1.20.0', 'v1.20.0'],
  ])('reads the version of %s from %j', async (name, output, version) => {
    const folder = programs({ [name]: print(output) });
    expect(await toolCache({ PATH: folder }).find(name)).toEqual({ name, path: join(folder, name), version });
  });

  it('takes the first program on PATH, passing over folders and files that may not be run', async () => {
    const withFolder = temporaryFolder();
    mkdirSync(join(withFolder, 'helm'));
    const withData = temporaryFolder();
    writeFileSync(join(withData, 'helm'), '');
    chmodSync(join(withData, 'helm'), 0o644);
    const [first, second] = [programs({ helm: print('v3.1.0') }), programs({ helm: print('v4.0.0') })];
    const PATH = ['', withFolder, withData, first, second].join(delimiter);
    expect(await toolCache({ PATH }).find('helm')).toMatchObject({ path: join(first, 'helm'), version: 'v3.1.0' });
  });

  it('answers undefined for what is not there, also without PATH', async () => {
    expect(await toolCache({ PATH: temporaryFolder() }).find('helm')).toBeUndefined();
    expect(await toolCache({}).find('helm')).toBeUndefined();
  });
});

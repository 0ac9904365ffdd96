import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ArtifactPlan, RenderPlan } from '../../src/model.ts';

/** A temporary folder that goes away with the test, for any user to read. */
export function temporaryFolder(): string {
  const root = mkdtempSync(join(tmpdir(), 'slipway-'));
  chmodSync(root, 0o755);
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  return root;
}

/** A temporary folder with these files in it. */
export function tree(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/** A plan for an artifact called `app` whose path the user wrote as `deploy/app`. */
export function plan(root: string, render: RenderPlan = { kind: 'source' }): ArtifactPlan {
  return { name: 'app', root, shown: 'deploy/app', render };
}

/** The YAML of a small object. */
export function configMap(name: string, data = 'a: b'): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\ndata:\n  ${data}\n`;
}

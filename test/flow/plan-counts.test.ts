/** Requests that a plan tells, beside those that servers see. The long run over random edits is in test/interop. */
import { expect, test } from 'vitest';
import type { PlanDocument } from '../../src/model.ts';
import { clusters, fleet, slipway } from './fleet.ts';

test('A plan tells the requests that both servers see in the publish, and sends nothing but reads itself', async () => {
  const { publish, run, stage, tree } = await fleet(slipway);
  await publish();
  await tree.commit(clusters('two'));
  const plan: PlanDocument = JSON.parse((await run(['plan', '--output', 'json', '--quiet'])).stdout);
  const before = { eu: stage.registry.requests.length, us: stage.bucket.requests.length };
  const writes = stage.writes().length;
  const { receipt } = await publish();
  const seen = (all: readonly { readonly write: boolean }[], from: number) => ({
    reads: all.slice(from).filter(({ write }) => !write).length,
    writes: all.slice(from).filter(({ write }) => write).length,
  });
  const { eu, us } = plan.receipt.requests;
  expect({ reads: eu?.reads, writes: eu?.writes }).toEqual(seen(stage.registry.requests, before.eu));
  expect({ reads: us?.reads, writes: us?.writes }).toEqual(seen(stage.bucket.requests, before.us));
  // The first publish alone wrote before, not the plan.
  expect(writes).toBe(stage.writes().length - (eu?.writes ?? 0) - (us?.writes ?? 0));
  expect(plan.receipt.artifacts).toEqual(receipt?.artifacts);
  expect(plan.names).toEqual(
    ['north', 'south'].flatMap((artifact) => ['eu', 'us'].map((store) => ({ artifact, store, reconciles: 'yes' }))),
  );
});

test('With --exit-code a plan that changes anything ends with 1, one that changes nothing with 0', async () => {
  const { publish, run } = await fleet(slipway);
  expect((await run(['plan', '--exit-code', '--quiet'])).code).toBe(1);
  await publish();
  const { code, stdout } = await run(['plan', '--exit-code', '--quiet']);
  expect(code).toBe(0);
  expect(stdout).toContain('planned: a publish would change nothing\n');
  expect(stdout).toContain('2 of 2 artifacts will not reconcile\n');
});

import { expect, test } from 'vitest';
import { interleave, lookInEveryGap } from './gaps.ts';
import { GAP_LAYOUTS } from './gaps-layouts.ts';
test.each(GAP_LAYOUTS)('%s', async (name, layout) => {
  const late = /\/blobs\/|content\/sha256\/.*\/|\.tgz$/;
  const bad = { ...layout, store: (o: any) => {
    const held: any[] = [];
    return layout.store({ ...o, put: async (k: string, b: any, x: any) => {
      if (name === 'object' || name === 'tarball') { if (/^channels/.test(k)) { await o.put(k, b.subarray(0, 5), x); } return o.put(k, b, x); }
      if (late.test(k) && !/channels/.test(k) && held.length === 0 && !k.endsWith('.tgz')) { held.push([k, b, x]); return { outcome: 'created', etag: 'x' }; }
      const r = await o.put(k, b, x); if (/prod/.test(k)) { for (const h of held.splice(0)) await o.put(h[0], h[1], h[2]); } return r; },
      get: async (k: string) => held.find(h => h[0] === k) ? { bytes: held.find(h => h[0] === k)[1], etag: 'x' } : o.get(k),
      list: o.list });
  } };
  let a = '', b = '';
  await lookInEveryGap(bad as any, 1).catch(e => { a = e.message; });
  for (let s = 1; s < 6; s++) await interleave(bad as any, s).catch(e => { b = e.message; });
  console.log(name, '|', a, '|', b);
});

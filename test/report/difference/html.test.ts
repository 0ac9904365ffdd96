import { expect, test } from 'vitest';
import { differenceHtml } from '../../../src/report/difference/html.ts';
import { chosen, difference, nothing } from './sample.ts';

test('a page holds everything and loads nothing', () => {
  const page = differenceHtml(difference);
  expect(page).toMatch(/^<!doctype html>\n<html lang="en">/);
  expect(page).toContain("default-src 'none'");
  expect(page).toContain('<summary>The same on 2 of 5 artifacts</summary><p>eu, us</p>');
  expect(page).toContain('<span class="del">- Service old</span>');
  expect(page).toContain('<span class="add">+   spec.replicas: 2</span>');
  expect(page).not.toMatch(/(?:src|href)=/);
});

test('text of others is escaped', () => {
  const page = differenceHtml(chosen(['<script>alert(1)</script>'], "\"><img onerror='x'>&"));
  expect(page).not.toMatch(/<script|<img/);
  expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
  expect(page).toContain('\\&quot;&gt;&lt;img onerror=&#39;x&#39;&gt;&amp;');
});

test('the sides are told', () => {
  const sides = {
    before: { kind: 'version', name: '1.4.0' },
    after: { kind: 'reference', name: 's3://b/<k>' },
  } as const;
  expect(differenceHtml(nothing, { sides })).toContain('<p>From version 1.4.0 to s3://b/&lt;k&gt;</p>');
});

import { describe, expect, test } from 'vitest';
import { programOf } from '../../../src/check/cel/program.ts';
import { readSource } from '../../../src/check/cel/source.ts';

describe('an expression', () => {
  test.each([
    ['self.a == ', 'Unexpected token: EOF'],
    ['self.a = 1', 'Unexpected character: ='],
    ['(self.a == 1', 'Expected RPAREN, got EOF'],
    ['self.a == 1 and self.b', "Unexpected character: 'd'"],
    ['sel.a == 1', '"sel" is not defined'],
    ['self.items.all(i, j.name != "")', '"j" is not defined'],
  ])('%j is wrong: %s', (expression, reason) => {
    expect(programOf(expression)).toEqual({ kind: 'wrong', reason });
  });

  test.each([
    'self.unheardOf()',
    'unheardOf(self)',
    'self.`a-b` == 1',
    '.self.a == 1',
    '{?"a": self.?b}.size() == 0',
    '[?self.?a].size() == 0',
    'google.protobuf.Duration{seconds: 1} == duration("1s")',
    'type(self.a) == net.IP',
    'authorizer.group("").resource("pods").check("get").allowed()',
  ])('%s cannot be evaluated here, which does not make it wrong', (expression) => {
    expect(programOf(expression).kind).toBe('unsupported');
  });

  test('nested too deeply cannot be evaluated here', () => {
    expect(programOf(`${'('.repeat(300)}true${')'.repeat(300)}`)).toEqual({
      kind: 'unsupported',
      reason: 'Exceeded maxDepth (250)',
    });
  });

  test('is made into a program once', () => {
    expect(programOf('self.once == 1')).toBe(programOf('self.once == 1'));
  });

  test.each([
    ['oldSelf == self', true],
    ['self.all(x, x != oldSelf.x)', true],
    ["self.oldSelf == 'oldSelf' // oldSelf", false],
  ])('%s looks at the old object: %s', (expression, expected) => {
    expect(readSource(expression).usesOldSelf).toBe(expected);
  });

  test.each([
    ["self.matches('a.matches(b)')", "self.own_matches('a.matches(b)')"],
    ['"""x.split(" """.split(",")', '"""x.split(" """.own_split(",")'],
    ["r'\\'.join() + int(x) + int", "r'\\'.own_join() + own_int(x) + int"],
    ['self.join == self . join ( )', 'self.join == self . own_join ( )'],
    ["b'\\'int('.size() + duration('1s')", "b'\\'int('.size() + own_duration('1s')"],
    ['self.int(1) + matches(a, b)', 'self.int(1) + matches(a, b)'],
    ['a // int(\n + int(b)', 'a  \n + own_int(b)'],
  ])('%s is given to the evaluator as %s', (expression, expected) => {
    expect(readSource(expression).text).toBe(expected);
  });
});

import type { Rule } from '../rule.ts';
import { YAML_RULES, type YamlRule } from './problem.ts';

type Page = Omit<Rule, 'id' | 'setting'>;

const HEAD = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: web\n';
const configMap = (data: string): string => `${HEAD}data:\n${data}`;

const NESTED = configMap(`  matrix: ${'['.repeat(100)}1${']'.repeat(100)}\n`);

/** Six lines that stand for a million words. */
const BOMB = configMap(
  ['a', 'b', 'c', 'd', 'e', 'f']
    .map((name, index, names) => {
      const item = index === 0 ? 'word' : `*${names[index - 1]}`;
      return `  ${name}: &${name} [${Array(10).fill(item).join(', ')}]\n`;
    })
    .join(''),
);

/** How the differences were found is in test/interop/check-yaml.test.ts. */
const PAGES: Readonly<Record<YamlRule, Page>> = {
  'yaml/syntax': {
    firm: true,
    summary: 'A manifest is YAML that kubectl, kustomize and Flux can read.',
    why: 'Flux applies all files of an artifact or none: one that cannot be read stops the whole artifact.',
    fix: 'Correct the line. Most often a quote or a bracket is not closed, a space behind ":" is missing, or text that begins with a special character (@ & * ! %) is not quoted.',
    bad: configMap('  greeting: "hello\n'),
    good: configMap('  greeting: "hello"\n'),
  },
  'yaml/tab': {
    firm: true,
    summary: 'Spaces indent YAML, not tabs.',
    why: 'YAML has no tabs in indentation: kubectl and kustomize refuse the file. Some editors write them unseen.',
    fix: 'Replace tabs by spaces. A tab that belongs to a text is written as \\t in double quotes.',
    bad: configMap('\tgreeting: hello\n'),
    good: configMap('  greeting: hello\n'),
  },
  'yaml/depth': {
    firm: true,
    summary: 'Values are nested at most 100 levels deep.',
    why: 'No Kubernetes object is nested that deep. Readers stop at limits of their own, and some crash.',
    fix: 'Flatten the value, or keep it as a text.',
    bad: NESTED,
    good: configMap('  matrix: "[[1, 2], [3, 4]]"\n'),
  },
  'yaml/alias-bomb': {
    firm: true,
    summary: 'Aliases stand for no more than can be written out.',
    why: 'Aliases of aliases grow tenfold with each line. Kubernetes refuses such documents, because a few lines would fill the memory of the API server.',
    fix: 'Write the values out.',
    bad: BOMB,
    good: configMap('  a: &a word\n  b: *a\n'),
  },
  'yaml/duplicate-key': {
    summary: 'A key stands once in its mapping.',
    why: 'kubectl takes the last of two equal keys, kustomize and Flux refuse the file.',
    fix: 'Keep one of them.',
    bad: configMap('  greeting: hello\n  greeting: good morning\n'),
    good: configMap('  greeting: good morning\n'),
  },
  'yaml/key-type': {
    summary: 'Keys are strings.',
    why: 'An unquoted number, date or boolean as a key is no string: kubectl turns it into one, kustomize and Flux refuse the file.',
    fix: 'Quote the key.',
    bad: configMap('  8080: web\n'),
    good: configMap('  "8080": web\n'),
  },
  'yaml/merge-order': {
    summary: 'A merge ("<<") stands above the keys that it shares with its mapping.',
    why: 'Where "<<" stands below a key that it also brings, kubectl takes the merged value, kustomize and Flux take the written one: the same file means two things.',
    fix: 'Move "<<" to the top of its mapping.',
    bad: configMap('  mode: fast\n  <<: { mode: slow, size: small }\n'),
    good: configMap('  <<: { mode: slow, size: small }\n  mode: fast\n'),
  },
  'yaml/ambiguous-scalar': {
    summary: 'Unquoted values mean the same to kubectl, kustomize and Flux.',
    why: 'Words such as yes, no, on and off are booleans for kubectl and strings for kustomize and Flux; unquoted dates are rewritten by one and kept by the other. What worked with kubectl apply is refused in the cluster, or changes its meaning.',
    fix: 'Write true or false for a boolean, and quotes for a text.',
    bad: configMap('  feature: on\n'),
    good: 'apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\nautomountServiceAccountToken: false\n',
  },
  'yaml/folded-text': {
    summary: 'Text after ">" has no lines that are indented further.',
    why: 'kustomize and Flux write documents anew, and put an empty line in front of further indented lines of folded text: the cluster gets another text than the file shows.',
    fix: 'Use "|", which keeps lines as they are.',
    bad: configMap('  motd: >\n    hello\n      world\n'),
    good: configMap('  motd: |\n    hello\n      world\n'),
  },
};

/** The rules of reading YAML. */
export const YAML_RULE_PAGES: readonly Rule[] = (Object.keys(YAML_RULES) as YamlRule[]).map((id) => ({
  id,
  setting: YAML_RULES[id],
  ...PAGES[id],
}));

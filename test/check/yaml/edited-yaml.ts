/** Manifests as people write them, with a few edits that people make by accident. The same for the same seed. */
import { oneOf, type Random } from './random-yaml.ts';

/** All that the fast reader knows. */
export const USUAL: readonly string[] = [
  `# yaml-language-server: off
apiVersion: v1
kind: ConfigMap # why
metadata:
  name: 'web'
  labels: {}
  annotations:
    a.example/b: "quoted # no comment" # a comment
  finalizers: [a, "b c", 'd',true , 1x]
data:
  text: |
    first
      indented

    # no comment
    a: b
  stripped: |-
    x

  kept: |+
    y

  url: http://web:80/y#z
  word: a  # b
  empty:
  nothing: ~
numbers: [12]
`,
  `list:
- a
- name: b
  value: c
  sub:
  - x
  - z
-
  name: d
  e:
    f: g
- |
  literal
-
- 5
other:
  - b: c
    d: 1.5
  -   k: v
      l: 0x1F
  - true
  - 9007199254740993
`,
  `apiVersion: apps/v1
kind: Deployment
metadata:
  name: payments
spec:
  replicas: 3
  template:
    spec:
      containers:
        - name: app
          image: registry.example/web:1.0
          args: ["--port", "8080"]
          resources:
            limits:
              memory: 256Mi
              cpu: 0.5
      volumes:
        - name: tmp
          emptyDir: {}
`,
];

const SIGNS = [
  ...'\n\n\n    ::--[]{},&*!|>\'"%@`#?~<=+.01ay\t\\é\u2028\u00a0',
  ...['\n  ', '\n    ', '- ', ': ', '|\n', '|-\n', '# c', '"x"', "'y'", ' #', 'null', 'yes', '2001-01-01', '08', '1e3'],
  ...['[]', '{}', '---', '...', 'a: b', '\n- ', '<<: ', '1_000', '.5', '__proto__: '],
];
const LINES = ['', '   ', '      ', '# c', '    # c', '  x', '      y', '- z', '  k: v'];

/** Changes a line: its place, its indentation, or whether it is there. */
function lineEdited(random: Random, text: string): string {
  const lines = text.split('\n');
  const [at, other] = [Math.floor(random() * lines.length), Math.floor(random() * lines.length)];
  const [line = '', moved = ''] = [lines[at], lines[other]];
  const edits: readonly (() => void)[] = [
    () => lines.splice(at, 1),
    () => lines.splice(at, 0, moved),
    () => lines.splice(at, 1, ` ${line}`),
    () => lines.splice(at, 1, `  ${line}`),
    () => lines.splice(at, 1, line.replace(/^ /, '')),
    () => lines.splice(at, 1, line.replace(/^ {2}/, '')),
    () => lines.splice(at, 0, oneOf(random, LINES)),
  ];
  oneOf(random, edits)();
  return lines.join('\n');
}

function signEdited(random: Random, text: string): string {
  const at = Math.floor(random() * (text.length + 1));
  const removed = random() < 0.4 ? Math.floor(random() * 4) : 0;
  return text.slice(0, at) + (random() < 0.85 ? oneOf(random, SIGNS) : '') + text.slice(at + removed);
}

/** One of some texts with up to three edits. */
export function edited(random: Random, texts: readonly string[] = USUAL): string {
  let text = oneOf(random, texts);
  for (let edits = Math.floor(random() * 4); edits > 0; edits--) {
    text = random() < 0.5 ? lineEdited(random, text) : signEdited(random, text);
  }
  return text;
}

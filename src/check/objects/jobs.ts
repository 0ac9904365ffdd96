/** Jobs and CronJobs. */
import { type Fields, fieldsOf, isMapping, listOf, textOf } from '../object.ts';
import { schedule, timeZone } from './cron.ts';
import { atLeastOne, ban, exactlyOne, need, type Reason, uniqueItems, when } from './demands.ts';
import { isEmptySelector, labelSelector, mismatch } from './labels.ts';
import { all, type Demand, each, fields, type Look } from './look.ts';
import { namesIn } from './metadata.ts';
import { numberOf } from './numbers.ts';
import { unknownName } from './pod/references.ts';
import { quote, type Site } from './site.ts';
import { DNS_LABEL, DOMAIN_PATH, given, QUALIFIED_NAME, text } from './texts.ts';
import { podTemplate, wrongLabels } from './workloads.ts';

/** What ends is not restarted for ever: the policy must be chosen. */
const ends: Demand = ({ template, podFailurePolicy }, site) => {
  const policy = fieldsOf(fieldsOf(template).spec).restartPolicy ?? '';
  const failure = isMapping(podFailurePolicy);
  const allowed = failure ? ['Never'] : ['Never', 'OnFailure'];
  if (typeof policy !== 'string' || allowed.includes(policy)) return;
  const at = ['template', 'spec', 'restartPolicy'];
  const expected = failure ? '"Never", as podFailurePolicy is set' : '"Never" or "OnFailure"';
  const found = policy === '' ? 'missing, which means "Always"' : quote(policy);
  site.breach('object/conflict', `${site.name(...at)} is ${found}, but the pods of a Job need ${expected}`, {
    at,
    found: policy === '' ? 'nothing' : quote(policy),
    expected,
    hint: 'set restartPolicy to Never or OnFailure',
  });
};

/** Exit codes of a rule: each once, in order, and not success. */
const exitCodes: Demand = ({ operator, values }, site) => {
  const codes = listOf(values).map((code) => numberOf(code ?? 0) ?? 0);
  if (operator === 'In' && codes.includes(0)) {
    const at = ['values', codes.indexOf(0)];
    site.breach('object/value', `${site.name(...at)} is 0, which is success and cannot be in a list of failures`, {
      at,
    });
  }
  if (codes.every((code, index) => index === 0 || (codes[index - 1] ?? 0) <= code)) return;
  site.breach('object/value', `${site.name('values')} must be in ascending order`, {
    at: ['values'],
    found: codes.join(', '),
    expected: [...codes].sort((a, b) => a - b).join(', '),
  });
};

const failureRule: Look = fields(
  {
    onExitCodes: fields({ values: each(() => undefined, uniqueItems) }, exitCodes),
    onPodConditions: each(fields({ type: text(QUALIFIED_NAME) })),
  },
  exactlyOne('onExitCodes', 'onPodConditions'),
);

/** Rules name containers that the pods have. */
const namedContainers: Demand = ({ template, podFailurePolicy, backoffLimitPerIndex }, site) => {
  const spec = fieldsOf(fieldsOf(template).spec);
  const known = new Set([...namesIn(spec.containers), ...namesIn(spec.initContainers)]);
  for (const [index, item] of listOf(fieldsOf(podFailurePolicy).rules).entries()) {
    const { onExitCodes, action } = fieldsOf(item);
    const rule = ['podFailurePolicy', 'rules', index];
    const name = textOf(fieldsOf(onExitCodes).containerName);
    if (name !== undefined && !known.has(name)) {
      const at = [...rule, 'onExitCodes', 'containerName'];
      unknownName(name, known, { site, at, what: 'the pod has no container' });
    }
    if (action !== 'FailIndex' || backoffLimitPerIndex != null) continue;
    const at = [...rule, 'action'];
    site.breach('object/required', `${site.name(...at)} is "FailIndex", which needs backoffLimitPerIndex`, { at });
  }
};

const INTERVAL = /^(\d{1,9})(?:-(\d{1,9}))?$/;

/** How many indexes a text such as `0,2-4` names, or what is wrong with it. */
function countIndexes(indexes: string, completions: number): number | string {
  let last = -1;
  let count = 0;
  for (const part of indexes === '' ? [] : indexes.split(',')) {
    const [, from, to] = INTERVAL.exec(part) ?? [];
    if (from === undefined) return `has ${quote(part)}, which is neither an index nor a range of them`;
    const [low, high] = [Number(from), Number(to ?? from)];
    if (high >= completions || low >= completions) return `has ${quote(part)}, but completions is ${completions}`;
    if (low <= last || (to !== undefined && low >= high)) return `has ${quote(part)}, which is not in ascending order`;
    last = high;
    count += high - low + 1;
  }
  return count;
}

/** Rules of success count indexes and successes that there can be. */
const successes: Demand = ({ successPolicy, completions }, site) => {
  const all = numberOf(completions);
  if (all === undefined) return;
  for (const [index, item] of listOf(fieldsOf(successPolicy).rules).entries()) {
    const { succeededIndexes, succeededCount } = fieldsOf(item);
    const at = ['successPolicy', 'rules', index];
    const indexes = textOf(succeededIndexes);
    const counted = indexes === undefined ? all : countIndexes(indexes, all);
    if (typeof counted === 'string') {
      const place = [...at, 'succeededIndexes'];
      site.breach('object/value', `${site.name(...place)} ${counted}`, { at: place });
    } else if ((numberOf(succeededCount) ?? 0) > Math.min(counted, all)) {
      const place = [...at, 'succeededCount'];
      site.breach(
        'object/range',
        `${site.name(...place)} is ${quote(succeededCount)}, but only ${Math.min(counted, all)} indexes are counted`,
        {
          at: place,
          expected: `at most ${Math.min(counted, all)}`,
        },
      );
    }
  }
};

const indexed: Reason = ({ completionMode }) =>
  completionMode === 'Indexed' ? undefined : 'completionMode is not "Indexed"';

const noMoreThanAll: Demand = ({ completions, maxFailedIndexes, completionMode }, site) => {
  const [all, failed] = [numberOf(completions), numberOf(maxFailedIndexes)];
  if (all === undefined || failed === undefined || failed <= all || completionMode !== 'Indexed') return;
  site.breach('object/range', `${site.name('maxFailedIndexes')} is ${failed}, which is more than completions, ${all}`, {
    at: ['maxFailedIndexes'],
    expected: `at most ${all}`,
  });
};

const replacement: Demand = ({ podFailurePolicy, podReplacementPolicy }, site) => {
  if (!isMapping(podFailurePolicy) || podReplacementPolicy == null || podReplacementPolicy === 'Failed') return;
  site.breach(
    'object/conflict',
    `${site.name('podReplacementPolicy')} is ${quote(podReplacementPolicy)}, but with podFailurePolicy it must be "Failed"`,
    {
      at: ['podReplacementPolicy'],
      expected: '"Failed"',
    },
  );
};

const DEMANDS: readonly Demand[] = [
  ends,
  need('completions', when('completionMode', 'Indexed')),
  ...['backoffLimitPerIndex', 'maxFailedIndexes', 'successPolicy'].map((name) => ban(name, indexed)),
  need('backoffLimitPerIndex', ({ maxFailedIndexes }) =>
    maxFailedIndexes == null ? undefined : 'maxFailedIndexes is set',
  ),
  namedContainers,
  successes,
  noMoreThanAll,
  replacement,
];

const PARTS: Readonly<Record<string, Look>> = {
  template: podTemplate,
  selector: labelSelector,
  managedBy: given(DOMAIN_PATH),
  podFailurePolicy: fields({ rules: each(failureRule) }),
  successPolicy: fields({ rules: each(fields({}, atLeastOneGiven)) }),
};

/** An empty text of indexes counts. */
function atLeastOneGiven(rule: Fields, site: Site): void {
  if (typeof rule.succeededIndexes !== 'string') atLeastOne('succeededCount', 'succeededIndexes')(rule, site);
}

/** The server makes a selector of its own unless it is told not to. */
const ownSelector: Demand = ({ selector, manualSelector, template }, site) => {
  if (!isMapping(selector) || isEmptySelector(selector)) return;
  if (manualSelector !== true) {
    return site.breach(
      'object/conflict',
      `${site.name('selector')} must not be set because manualSelector is not true`,
      {
        at: ['selector'],
        hint: 'remove selector: the API server makes one',
      },
    );
  }
  const missing = mismatch(selector, fieldsOf(fieldsOf(fieldsOf(template).metadata).labels));
  if (missing !== undefined) wrongLabels(missing, site);
};

/** Pods of an indexed Job are called by its name and their index. */
function podNames({ metadata, spec }: Fields, site: Site): void {
  const { completionMode, completions } = fieldsOf(spec);
  const name = textOf(fieldsOf(metadata).name);
  const count = numberOf(completions);
  if (completionMode !== 'Indexed' || name === undefined || count === undefined || count < 1) return;
  const last = `${name}-${count - 1}`;
  if (DNS_LABEL.fits(last, site.minor)) return;
  const at = ['metadata', 'name'];
  site.breach(
    'object/name',
    `${site.name(...at)} is ${quote(name)}, but pods of this Job would be called ${quote(last)}, which is not a DNS label`,
    {
      at,
      found: quote(name),
      expected: `a DNS label of at most ${63 - String(count - 1).length - 1} characters, without dots`,
    },
  );
}

/** What the API server asks of a Job. */
export const job: Look = fields({ spec: fields(PARTS, ...DEMANDS, ownSelector) }, podNames);

const made: Reason = () => 'the API server makes one for each Job';

/** What the API server asks of a CronJob. */
export const cronJob: Look = fields({
  spec: fields({
    schedule,
    timeZone,
    jobTemplate: fields({
      spec: all(
        fields(PARTS, ...DEMANDS),
        fields({}, ban('selector', made), ban('manualSelector', when('manualSelector', true))),
      ),
    }),
  }),
});

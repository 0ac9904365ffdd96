/** Priorities of pods and of requests, and runtime classes. */
import { type Fields, fieldsOf, isMapping, listOf } from '../object.ts';
import { ban, isSet, need, unless, when } from './demands.ts';
import { labels } from './labels.ts';
import { type Demand, fields, type Look } from './look.ts';
import { numberOf } from './numbers.ts';
import { resources } from './pod/resources.ts';
import { tolerations } from './pod/scheduling.ts';
import { keyOf, quote, type Site } from './site.ts';
import { DNS_LABEL, text } from './texts.ts';

const HIGHEST = 1_000_000_000;
const SYSTEM: ReadonlyMap<string, number> = new Map(
  Object.entries({ 'system-cluster-critical': 2e9, 'system-node-critical': 2e9 + 1000 }),
);

/** Names and values that Kubernetes keeps for itself. */
export const priorityClass: Look = fields({}, (value, site) => {
  const name = site.object.name;
  const priority = numberOf(value.value);
  if (name.startsWith('system-')) {
    if (SYSTEM.get(name) === priority) return;
    return site.breach(
      'object/name',
      `metadata.name is ${quote(name)}, but names that begin with "system-" are Kubernetes' own`,
      {
        at: ['metadata', 'name'],
      },
    );
  }
  if (priority === undefined || priority <= HIGHEST) return;
  site.breach('object/range', `value is ${priority}, but ${HIGHEST} is the highest priority`, {
    at: ['value'],
    found: String(priority),
    expected: `at most ${HIGHEST}`,
  });
});

const limited: Look = fields({
  limitResponse: fields({}, need('queuing', when('type', 'Queue')), ban('queuing', unless('type', 'Queue', ''))),
});

const limitResponse: Demand = ({ type, limited }, site) => {
  if (type !== 'Limited' || !isMapping(limited) || isSet(fieldsOf(limited.limitResponse), 'type')) return;
  const at = ['limited', 'limitResponse', 'type'];
  site.breach('object/required', `${site.name(...at)} is missing, which is needed because type is "Limited"`, { at });
};

/** What the API server asks of a PriorityLevelConfiguration. */
export const priorityLevel: Look = fields({
  spec: fields(
    { limited },
    need('limited', when('type', 'Limited')),
    ban('limited', when('type', 'Exempt')),
    ban('exempt', when('type', 'Limited')),
    limitResponse,
  ),
});

/** Tolerations of a class are joined with those of its pods. */
function tolerationsOnce(items: readonly unknown[], site: Site): void {
  const seen = new Set<string>();
  for (const [index, item] of items.entries()) {
    const { key, operator, value, effect } = fieldsOf(item);
    const id = keyOf(key ?? '', operator ?? '', value ?? '', effect ?? '');
    if (seen.has(id)) site.breach('object/duplicate', `${site.name(index)} is there already`, { at: [index] });
    seen.add(id);
  }
}

/** What the API server asks of a RuntimeClass. */
export const runtimeClass: Look = fields({
  handler: text(DNS_LABEL),
  overhead: (value: unknown, site: Site) => {
    if (isMapping(value)) resources({ limits: (value as Fields).podFixed }, site);
  },
  scheduling: fields({
    nodeSelector: labels,
    tolerations: (value, site) => {
      tolerations(value, site);
      tolerationsOnce(listOf(value), site);
    },
  }),
});

import { describe, expect, test } from 'vitest';
import { cronJob, job } from './bases.ts';
import { breachesOf, changed, type Row } from './breaches.ts';

const ROWS: readonly Row[] = [
  [
    'pods that never end',
    job,
    { 'spec.template.spec.restartPolicy': undefined },
    [
      'object/conflict spec.template.spec.restartPolicy: spec.restartPolicy is missing, which means "Always", but the pods of a Job need "Never" or "OnFailure"',
    ],
  ],
  [
    'pods that are restarted for ever',
    cronJob,
    { 'spec.jobTemplate.spec.template.spec.restartPolicy': 'Always' },
    [
      'object/conflict spec.jobTemplate.spec.template.spec.restartPolicy: spec.restartPolicy is "Always", but the pods of a Job need "Never" or "OnFailure"',
    ],
  ],
  [
    'a failure policy with restarts',
    job,
    {
      'spec.template.spec.restartPolicy': 'OnFailure',
      'spec.podFailurePolicy': { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [1] } }] },
    },
    [
      'object/conflict spec.template.spec.restartPolicy: spec.restartPolicy is "OnFailure", but the pods of a Job need "Never", as podFailurePolicy is set',
    ],
  ],
  [
    'a rule about nothing',
    job,
    { 'spec.podFailurePolicy': { rules: [{ action: 'FailJob' }] } },
    [
      'object/one-of spec.podFailurePolicy.rules[0]: podFailurePolicy.rules[0] has none of "onExitCodes" and "onPodConditions", but exactly one is needed',
    ],
  ],
  [
    'a rule about a container that is not there',
    job,
    {
      'spec.podFailurePolicy': {
        rules: [{ action: 'FailJob', onExitCodes: { containerName: 'wep', operator: 'In', values: [1] } }],
      },
    },
    [
      'object/reference spec.podFailurePolicy.rules[0].onExitCodes.containerName: onExitCodes.containerName is "wep", but the pod has no container of this name',
    ],
  ],
  [
    'success among failures, and codes out of order',
    job,
    { 'spec.podFailurePolicy': { rules: [{ action: 'FailJob', onExitCodes: { operator: 'In', values: [2, 0] } }] } },
    [
      'object/value spec.podFailurePolicy.rules[0].onExitCodes.values[1]: onExitCodes.values[1] is 0, which is success and cannot be in a list of failures',
      'object/value spec.podFailurePolicy.rules[0].onExitCodes.values: onExitCodes.values must be in ascending order',
    ],
  ],
  [
    'an index that fails without limit',
    job,
    { 'spec.podFailurePolicy': { rules: [{ action: 'FailIndex', onExitCodes: { operator: 'In', values: [2] } }] } },
    [
      'object/required spec.podFailurePolicy.rules[0].action: rules[0].action is "FailIndex", which needs backoffLimitPerIndex',
    ],
  ],
  [
    'indexes without number',
    job,
    { 'spec.completionMode': 'Indexed' },
    [
      'object/required spec.completions: spec.completions is missing, which is needed because completionMode is "Indexed"',
    ],
  ],
  [
    'limits by index without indexes',
    job,
    { 'spec.backoffLimitPerIndex': 1 },
    [
      'object/conflict spec.backoffLimitPerIndex: spec.backoffLimitPerIndex must not be set because completionMode is not "Indexed"',
    ],
  ],
  [
    'names of pods that are too long',
    job,
    { 'metadata.name': 'w'.repeat(62), 'spec.completionMode': 'Indexed', 'spec.completions': 10 },
    [
      'object/name metadata.name: metadata.name is "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww", but pods of this Job would be called "wwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwwww-9", which is not a DNS label',
    ],
  ],
  [
    'more successes than indexes',
    job,
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 5,
      'spec.successPolicy': { rules: [{ succeededIndexes: '0,2-3', succeededCount: 4 }] },
    },
    [
      'object/range spec.successPolicy.rules[0].succeededCount: rules[0].succeededCount is 4, but only 3 indexes are counted',
    ],
  ],
  [
    'an index that there is not',
    job,
    {
      'spec.completionMode': 'Indexed',
      'spec.completions': 5,
      'spec.successPolicy': { rules: [{ succeededIndexes: '3-5' }] },
    },
    [
      'object/value spec.successPolicy.rules[0].succeededIndexes: rules[0].succeededIndexes has "3-5", but completions is 5',
    ],
  ],
  [
    'a success of nothing',
    job,
    { 'spec.completionMode': 'Indexed', 'spec.completions': 5, 'spec.successPolicy': { rules: [{}] } },
    [
      'object/one-of spec.successPolicy.rules[0]: successPolicy.rules[0] has none of "succeededCount" and "succeededIndexes", but at least one is needed',
    ],
  ],
  [
    "a selector of one's own",
    job,
    { 'spec.selector': { matchLabels: { app: 'web' } } },
    ['object/conflict spec.selector: spec.selector must not be set because manualSelector is not true'],
  ],
  [
    "a selector of one's own that matches nothing",
    job,
    { 'spec.manualSelector': true, 'spec.selector': { matchLabels: { app: 'web' } } },
    [
      'object/selector spec.template.metadata.labels: The labels of the pod template do not match the selector, which asks for "app=web"',
    ],
  ],
  [
    'a selector that each Job gets itself',
    cronJob,
    { 'spec.jobTemplate.spec.selector': { matchLabels: { app: 'web' } } },
    [
      'object/conflict spec.jobTemplate.spec.selector: spec.selector must not be set because the API server makes one for each Job',
    ],
  ],
  [
    'a schedule with seconds',
    cronJob,
    { 'spec.schedule': '0 30 4 * * *' },
    ['object/cron spec.schedule: spec.schedule is "0 30 4 * * *", which has 6 fields, but a schedule has 5'],
  ],
  [
    'a time zone in the schedule',
    cronJob,
    { 'spec.schedule': 'CRON_TZ=Europe/Berlin 30 4 * * *' },
    [
      'object/cron spec.schedule: spec.schedule is "CRON_TZ=Europe/Berlin 30 4 * * *", which names a time zone: that belongs into timeZone',
    ],
  ],
  [
    'a time zone that there is not',
    cronJob,
    { 'spec.timeZone': 'Europe/Berlinn' },
    ['object/cron spec.timeZone: spec.timeZone is "Europe/Berlinn", which is not the name of a time zone'],
  ],
];

describe('Jobs and CronJobs', () => {
  test.each(ROWS)('%s', (_, base, changes, said) => {
    expect(breachesOf(changed(base, changes))).toEqual(said);
  });
});

/** What the benchmark prints: aims first, then slipway, then its peers. */
import { FLOORS, type FloorName, type Measured, TARGETS, type Target } from './measure.ts';
import { type Sample, SITUATIONS, type Situation } from './publish.ts';
import { median, megabytes, requestsOf, secondsText, stagesText, table } from './report.ts';

/** The floor that a target is measured against. */
const FLOOR_OF: Readonly<Record<Target, FloorName>> = {
  registry: 'registry, 8',
  S3: 'S3, 4',
  both: 'registry, 8 and S3, 4',
};

const ARCHIVES = { each: 'an archive each', whole: 'one archive' } as const;

const samplesOf = ({ lives }: Measured, target: Target, situation: Situation): readonly Sample[] =>
  lives.get(target)?.get(situation) ?? [];

const secondsOf = (samples: readonly Sample[]): number[] => samples.map(({ seconds }) => seconds);

function floorSeconds({ floors }: Measured, name: FloorName): number[] {
  return (floors.get(name) ?? []).map(({ seconds }) => seconds);
}

interface Aim {
  readonly what: string;
  readonly aim: string;
  readonly measured: string;
  readonly met: boolean;
}

/** What files to names take others at least: pack with GNU tar, then push with the bare client. */
function least(measured: Measured, target: Target, archives: keyof Measured['archives']): number {
  return median(measured.archives[archives]) + median(floorSeconds(measured, FLOOR_OF[target]));
}

function coldAim(measured: Measured, archives: keyof Measured['archives']): Aim {
  const cold = median(secondsOf(samplesOf(measured, 'registry', 'cold')));
  const ratio = cold / least(measured, 'registry', archives);
  const what = `cold to a registry, beside floor + GNU tar (${ARCHIVES[archives]})`;
  return { what, aim: '2 x', measured: `${ratio.toFixed(2)} x`, met: ratio <= 2 };
}

function startUpAim({ startUp }: Measured): Aim {
  const over = median(startUp.slipway) - median(startUp.node);
  const measured = `+ ${(over * 1000).toFixed(0)} ms`;
  return { what: 'slipway --version, beside node -e 0', aim: '+ 60 ms', measured, met: over <= 0.06 };
}

function aimsOf(measured: Measured): readonly Aim[] {
  const unchanged = samplesOf(measured, 'registry', 'unchanged');
  const seconds = median(secondsOf(unchanged));
  const each = requestsOf(unchanged) / measured.artifacts;
  const most = Math.max(
    ...TARGETS.flatMap((target) => SITUATIONS.map((situation) => megabytes(samplesOf(measured, target, situation)))),
  );
  return [
    coldAim(measured, 'each'),
    coldAim(measured, 'whole'),
    { what: 'unchanged in a registry', aim: '1.5 s', measured: secondsText(secondsOf(unchanged)), met: seconds <= 1.5 },
    // Within a constant of ten requests.
    {
      what: 'unchanged, requests an artifact',
      aim: '1 + constant',
      measured: each.toFixed(3),
      met: each <= 1 + 10 / measured.artifacts,
    },
    { what: 'peak memory of any run', aim: '300 MB', measured: `${most.toFixed(0)} MB`, met: most <= 300 },
    startUpAim(measured),
  ];
}

function slipwayRows(measured: Measured): string[][] {
  return TARGETS.flatMap((target) =>
    SITUATIONS.map((situation) => {
      const samples = samplesOf(measured, target, situation);
      const seconds = secondsOf(samples);
      const peer =
        situation === 'cold' ? least(measured, target, 'each') : median(secondsOf(samplesOf(measured, target, 'cold')));
      const ratio = `${(median(seconds) / peer).toFixed(2)} x ${situation === 'cold' ? 'floor + tar' : 'cold'}`;
      return [
        target,
        situation,
        ratio,
        secondsText(seconds),
        median(samples.map(({ cpuSeconds }) => cpuSeconds)).toFixed(2),
        String(requestsOf(samples)),
        megabytes(samples).toFixed(0),
        stagesText(samples),
      ];
    }),
  );
}

function peerRows(measured: Measured): string[][] {
  const { floors, archives, crane, startUp, artifacts } = measured;
  const floorRows = FLOORS.map((name) => [
    `floor: ${name} requests an artifact`,
    secondsText(floorSeconds(measured, name)),
    String(floors.get(name)?.[0]?.requests ?? 0),
  ]);
  return [
    [`GNU tar and gzip, ${ARCHIVES.each}`, secondsText(archives.each), ''],
    [`GNU tar and gzip, ${ARCHIVES.whole}`, secondsText(archives.whole), ''],
    ...floorRows,
    [`crane append, ${artifacts} times, ${crane.atOnce} at once (scaled up from 60)`, secondsText([crane.seconds]), ''],
    ['slipway --version', secondsText([median(startUp.slipway)]), ''],
    ['node -e 0', secondsText([median(startUp.node)]), ''],
  ];
}

/** The whole report as Markdown. */
export function summary(measured: Measured): string {
  const { artifacts, contentBytes } = measured;
  const aims = aimsOf(measured).map(({ what, aim, measured: found, met }) => [
    what,
    aim,
    found,
    met ? 'met' : 'MISSED',
  ]);
  return [
    `${artifacts} artifacts of ${(contentBytes / artifacts / 1000).toFixed(1)} kB; medians, with the range of all runs.`,
    table([['Aim', 'At most', 'Measured', ''], ...aims]),
    table([['To', 'Run', 'Ratio', 'Seconds', 'CPU', 'Requests', 'MB', 'Stages in seconds'], ...slipwayRows(measured)]),
    table([['Beside it', 'Seconds', 'Requests'], ...peerRows(measured)]),
  ].join('\n\n');
}

/** What `--sign` prints: the price of signing first, then ratios, then what they are made of. */
import type { Sample } from './publish.ts';
import { median, requestsOf, secondsText, stagesText, table } from './report.ts';
import { COSIGN_SAMPLE, type SignMeasured } from './sign.ts';

const AIM_SECONDS = 1.5;

const secondsOf = (runs: readonly { readonly seconds: number }[]): number[] => runs.map(({ seconds }) => seconds);
const cpuOf = (runs: readonly { readonly cpuSeconds: number }[]): number[] => runs.map(({ cpuSeconds }) => cpuSeconds);

/** What the runs of a series took longer than those beside them. */
const over = (one: readonly number[], other: readonly number[]): number[] =>
  one.map((value, index) => value - (other[index] ?? value));

const ratioText = (theirs: readonly number[], ours: readonly number[]): string =>
  `${(median(theirs) / median(ours)).toFixed(1)} x`;

function priceRow({ signed, unsigned }: SignMeasured): readonly string[] {
  const price = over(secondsOf(signed), secondsOf(unsigned));
  return [
    'a publish that signs, over one that does not',
    `${AIM_SECONDS} s`,
    secondsText(price),
    secondsText(over(cpuOf(signed), cpuOf(unsigned))),
    String(requestsOf(signed) - requestsOf(unsigned)),
    median(price) <= AIM_SECONDS ? 'met' : 'MISSED',
  ];
}

function ratioRows({ signed, unsigned, verify, cosignSign, cosignVerify }: SignMeasured): string[][] {
  const price = over(secondsOf(signed), secondsOf(unsigned));
  const verified = secondsOf(verify);
  return [
    ['what signing adds', 'cosign sign', ratioText(cosignSign[1], price), ratioText(cosignSign[2], price)],
    [
      'build, publish and sign',
      'cosign sign',
      ratioText(cosignSign[1], secondsOf(signed)),
      ratioText(cosignSign[2], secondsOf(signed)),
    ],
    ['verify staging', 'cosign verify', ratioText(cosignVerify[1], verified), ratioText(cosignVerify[2], verified)],
  ];
}

function publishRow(what: string, samples: readonly Sample[]): string[] {
  const cpu = median(cpuOf(samples)).toFixed(2);
  return [what, secondsText(secondsOf(samples)), cpu, String(requestsOf(samples)), stagesText(samples)];
}

/** The whole report as Markdown. */
export function signSummary(measured: SignMeasured): string {
  const { artifacts, unsigned, signed, unchanged, verify, cosignSign, cosignVerify } = measured;
  const scaled = (what: string, atOnce: string): string => `${what}, ${artifacts} times, ${atOnce}`;
  return [
    `${artifacts} artifacts of one ConfigMap each; medians, with the range of all runs.`,
    table([['Price of signing', 'At most', 'Seconds', 'CPU', 'Requests', ''], priceRow(measured)]),
    table([['slipway', 'is faster than', 'in a loop', '2 at once'], ...ratioRows(measured)]),
    table([
      ['slipway', 'Seconds', 'CPU', 'Requests', 'Stages in seconds'],
      publishRow('publish', unsigned),
      publishRow('publish, with a key', signed),
      publishRow('unchanged, with a key', unchanged),
      ['verify staging', secondsText(secondsOf(verify)), median(cpuOf(verify)).toFixed(2), '', ''],
    ]),
    table([
      [`Beside it (scaled up from ${COSIGN_SAMPLE})`, 'Seconds'],
      [scaled('cosign sign --key', 'in a loop'), secondsText(cosignSign[1])],
      [scaled('cosign sign --key', '2 at once'), secondsText(cosignSign[2])],
      [scaled('cosign verify --key', 'in a loop'), secondsText(cosignVerify[1])],
      [scaled('cosign verify --key', '2 at once'), secondsText(cosignVerify[2])],
    ]),
  ].join('\n\n');
}

/** Says where two renderings of the same files differ, and what is the likely reason; never the values: they may be secrets. */
import type { Drift, FieldPath } from '../../model.ts';
import { fieldText } from '../object.ts';
import { fieldAt, type PlacedField } from '../object-at.ts';
import type { Breach } from '../rule.ts';
import type { ArtifactCheck } from '../view.ts';
import { shownName } from '../yaml/object-name.ts';

const RULE = 'render/not-reproducible';
/** The one file of a rendered artifact. */
const RENDERED_FILE = 'manifests.yaml';

/** Reports the first line that came out differently. */
export const checkDrift: ArtifactCheck = (view, _context, report) => {
  const { drift } = view.rendered;
  if (drift === undefined) return;
  const found = fieldAt(view, RENDERED_FILE, drift.line);
  const { looks, hint } = causeOf(drift, found?.field ?? []);
  const where = found === undefined ? '' : ` (${whatOf(found)})`;
  const breach: Breach = {
    rule: RULE,
    message: `Rendering twice gives two results: line ${drift.line} of the manifests${where} ${looks}`,
    hint,
  };
  if (found === undefined) report(breach, { file: RENDERED_FILE, line: drift.line });
  else report({ ...breach, field: found.field }, found.object);
};

function whatOf({ object: { facts }, field }: PlacedField): string {
  const object = shownName(facts);
  return field.length === 0 ? object : `${fieldText(field)} of ${object}`;
}

interface Cause {
  readonly looks: string;
  readonly hint: string;
}

const TIME = /\d{4}-\d\d-\d\d|\b\d{1,2}:\d\d:\d\d\b|\b[12]\d{9}\b|\b20\d{12}\b/;
const CERTIFICATE = /-----BEGIN|LS0tLS1CRUdJTi|caBundle|\bMII[A-Za-z0-9+/]/;
const CERTIFICATE_KEY = /\.(?:crt|pem|key)$|^(?:ca|caBundle|cert|certificate)$/i;
const CHECKSUM = /checksum|hash|\b[0-9a-f]{40,}\b/i;
const FIXED = 'pass a fixed value, or name a Secret that exists in the cluster';

/** What the two lines look like. */
function causeOf({ first, second }: Drift, field: FieldPath): Cause {
  const both = (pattern: RegExp): boolean => pattern.test(first) && pattern.test(second);
  const key = String(field.at(-1) ?? '');
  if (both(CERTIFICATE) || CERTIFICATE_KEY.test(key)) {
    return {
      looks: 'holds a certificate or key that is made anew each time',
      hint: `${FIXED}: genCA, genSignedCert and genSelfSignedCert make new ones, and lookup finds nothing without a cluster`,
    };
  }
  if (keyOf(first) !== keyOf(second)) {
    return {
      looks: 'holds something else the second time',
      hint: 'sort what the template ranges over (keys … | sortAlpha), and take out what depends on chance or the clock',
    };
  }
  if (both(CHECKSUM)) {
    return {
      looks: 'holds a checksum of something that changes each time',
      hint: 'find what the checksum is made of, and make that the same each time; the checksum follows',
    };
  }
  if (both(TIME)) {
    return { looks: 'holds the time of the rendering', hint: 'take `now` or `date` out of it, or pass a fixed value' };
  }
  return {
    looks: 'holds a value that is made anew each time',
    hint: `${FIXED}: randAlphaNum, uuidv4 and htpasswd give another one each time, and lookup finds nothing without a cluster`,
  };
}

const keyOf = (line: string): string | undefined => /^\s*(?:- +)*["']?[\w./-]+["']?:(?=\s|$)/.exec(line)?.[0];

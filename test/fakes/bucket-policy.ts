/** What a bucket allows and how it is set up: rights, owner, Object Lock, versioning, encryption, and the store's clock. */
import { type FakeObjects, type S3Request, type S3Response, s3Error } from './bucket-operations.ts';

/** How a bucket is set up. */
export interface BucketSetup {
  /** Twelve digits. */
  readonly owner?: string;
  /** False: no s3:ListBucket, so that a missing key answers 403 too. */
  readonly mayList?: boolean;
  /** False: no s3:PutObject and no s3:DeleteObject. */
  readonly mayWrite?: boolean;
  /** False: what is asked of the bucket itself (location, versioning, lock, encryption) answers 403. */
  readonly mayAskSetup?: boolean;
  readonly region?: string;
  readonly versioning?: 'Enabled' | 'Suspended';
  /** A default retention; objects cannot be deleted, and writes need checksums. */
  readonly lock?: { readonly mode: 'GOVERNANCE' | 'COMPLIANCE'; readonly days?: number; readonly years?: number };
  readonly encryption?: { readonly algorithm: string; readonly key?: string };
  /** Refuses requests whose clock is more than 15 minutes from the store's, as AWS does. */
  readonly checksClock?: boolean;
}

const SKEW = 15 * 60_000;

/** The refusal of a request, if its sender may not make it. */
export function refuse(objects: FakeObjects, request: S3Request, setup: BucketSetup): S3Response | undefined {
  const { method, key, headers } = request;
  const owner = headers['x-amz-expected-bucket-owner'];
  if (owner !== undefined && setup.owner !== undefined && owner !== setup.owner) return s3Error(403, 'AccessDenied');
  const isSetup = key === '' && SETUPS.some((name) => request.query.has(name));
  if (isSetup) return setup.mayAskSetup === false ? s3Error(403, 'AccessDenied') : undefined;
  const isMissing = method !== 'PUT' && key !== '' && !objects.has(key);
  if (setup.mayList === false && (key === '' || isMissing)) return s3Error(403, 'AccessDenied');
  const isWrite = method === 'PUT' || method === 'DELETE';
  if (setup.mayWrite === false && isWrite) return s3Error(403, 'AccessDenied');
  return setup.lock === undefined ? undefined : refuseByLock(request);
}

function refuseByLock({ method, headers }: S3Request): S3Response | undefined {
  const hasChecksum = headers['content-md5'] !== undefined || headers['x-amz-checksum-sha256'] !== undefined;
  if (method === 'PUT' && !hasChecksum) return s3Error(400, 'InvalidRequest');
  if (method !== 'DELETE') return undefined;
  return s3Error(403, 'AccessDenied', { Message: 'Access Denied because object protected by object lock.' });
}

/** The refusal of a request whose clock is wrong; `date` is its `x-amz-date`. */
export function refuseByClock(date: string, now: number): S3Response | undefined {
  const sent = Date.parse(
    date.replace(
      /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/,
      (_, y, m, d, h, min, s) => `${y}-${m}-${d}T${h}:${min}:${s}Z`,
    ),
  );
  return Math.abs(sent - now) <= SKEW ? undefined : s3Error(403, 'RequestTimeTooSkewed');
}

const SETUPS = ['location', 'versioning', 'object-lock', 'encryption'] as const;
const NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';

/** The answer to a question about the bucket's setup, or undefined for any other request. */
export function tellSetup({ key, method, query }: S3Request, setup: BucketSetup): S3Response | undefined {
  const asked = SETUPS.find((name) => query.has(name));
  if (key !== '' || method !== 'GET' || asked === undefined) return undefined;
  const { region = 'us-east-1', versioning, lock, encryption } = setup;
  if (asked === 'location')
    return xml(`<LocationConstraint ${NS}>${region === 'us-east-1' ? '' : region}</LocationConstraint>`);
  if (asked === 'versioning') {
    const status = versioning === undefined ? '' : `<Status>${versioning}</Status>`;
    return xml(`<VersioningConfiguration ${NS}>${status}</VersioningConfiguration>`);
  }
  if (asked === 'object-lock') {
    if (lock === undefined) return s3Error(404, 'ObjectLockConfigurationNotFoundError');
    const time = lock.days === undefined ? `<Years>${lock.years}</Years>` : `<Days>${lock.days}</Days>`;
    const rule = `<Rule><DefaultRetention><Mode>${lock.mode}</Mode>${time}</DefaultRetention></Rule>`;
    return xml(
      `<ObjectLockConfiguration ${NS}><ObjectLockEnabled>Enabled</ObjectLockEnabled>${rule}</ObjectLockConfiguration>`,
    );
  }
  if (encryption === undefined) return s3Error(404, 'ServerSideEncryptionConfigurationNotFoundError');
  const master = encryption.key === undefined ? '' : `<KMSMasterKeyID>${encryption.key}</KMSMasterKeyID>`;
  const applied = `<ApplyServerSideEncryptionByDefault><SSEAlgorithm>${encryption.algorithm}</SSEAlgorithm>${master}</ApplyServerSideEncryptionByDefault>`;
  return xml(`<ServerSideEncryptionConfiguration ${NS}><Rule>${applied}</Rule></ServerSideEncryptionConfiguration>`);
}

/** The region stands in every answer to HEAD of a bucket, refused or not. */
export function withRegion(answer: S3Response, { method, key }: S3Request, { region }: BucketSetup): S3Response {
  if (method !== 'HEAD' || key !== '' || region === undefined) return answer;
  return { ...answer, headers: { ...answer.headers, 'x-amz-bucket-region': region } };
}

function xml(body: string): S3Response {
  const headers = { 'content-type': 'application/xml' };
  return { status: 200, headers, body: `<?xml version="1.0" encoding="UTF-8"?>\n${body}` };
}

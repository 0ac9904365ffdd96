/** What the head of an answer tells of an error: another region, or that it is not S3's at all. */

/** The parts of an answer and of what the SDK made of it; nothing of it is sure. */
export interface Head {
  readonly status: number | undefined;
  /** The error's code, or what the SDK calls it. */
  readonly name: unknown;
  /** Whether the body was an error of S3. */
  readonly hasCode: boolean;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Errors that are about the bucket's region (AWS S3 API reference, error responses); S3 names the region with many others too. */
const REGION_ERRORS: readonly unknown[] = [
  'PermanentRedirect',
  'TemporaryRedirect',
  'AuthorizationHeaderMalformed',
  'IllegalLocationConstraintException',
];

/** Whether the bucket is in another region than the request was signed for. */
export function isRegionError({ status, name, headers }: Head): boolean {
  if (REGION_ERRORS.includes(name)) return true;
  // Without a body, as to HEAD, the header is all there is.
  return isRedirect(status) && headers['x-amz-bucket-region'] !== undefined;
}

/** Whose answer it may be: the status and where it leads, of what a firewall, a sign-in page or another server answered. */
export function foreignAnswer(head: Head): string | undefined {
  const { status = 0, name, hasCode, headers } = head;
  if (hasCode || isRegionError(head)) return undefined;
  if (isRedirect(status)) {
    const { location = '' } = headers;
    return URL.canParse(location) ? `${status} to "${new URL(location).host}"` : `${status}`;
  }
  // A page that is no XML has no code, and the SDK fails to read it.
  const isPage = (headers['content-type'] ?? '').startsWith('text/html') || name === 'Error';
  return isPage && status >= 400 && status < 500 && status !== 429 ? `${status}` : undefined;
}

function isRedirect(status: number | undefined): boolean {
  return status !== undefined && [301, 302, 303, 307, 308].includes(status);
}

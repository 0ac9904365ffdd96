/** Patterns that many schemas share, in words. */

const DURATION = 'a duration such as 30s, 5m or 1h30m';
const SHORT_DURATION = 'a duration such as 30s or 5m';
const PERCENTAGE = 'a percentage such as 50%';
const PORT = 'the name of a port, with a letter in it';

const PHRASES: ReadonlyMap<string, string> = new Map([
  ['^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$', DURATION],
  ['^([0-9]+(\\.[0-9]+)?(ms|s|m))+$', SHORT_DURATION],
  ['^[0-9]+%$', PERCENTAGE],
  ['^[a-z0-9-]*[a-z][a-z0-9-]*$', PORT],
  ['^([a-z0-9-]*[a-z][a-z0-9-]*)?$', PORT],
  ['^oci://.*$', 'a URL that begins with oci://'],
  ['^(http|https)://.*$', 'a URL that begins with http:// or https://'],
  ['^(http|https)://', 'a URL that begins with http:// or https://'],
  ['^(http|https|ssh)://.*$', 'a URL that begins with http://, https:// or ssh://'],
  ['^(http|https|oci)://.*$', 'a URL that begins with http://, https:// or oci://'],
]);

/** What a pattern asks for, as a phrase. */
export function patternPhrase(source: string): string {
  return PHRASES.get(source) ?? `text that matches ${source}`;
}

/** What to do about a text that is not what the phrase says; undefined where the phrase is all that there is to say. */
export function textHint(found: string, expected: string): string | undefined {
  const [, number] = /^"(\d+)"$/.exec(found) ?? [];
  switch (expected) {
    case DURATION:
      return 'write numbers with their units, without blanks: ms, s, m or h';
    case SHORT_DURATION:
      return 'write numbers with their units, without blanks: ms, s or m; an hour is 60m';
    case PERCENTAGE:
      return number === undefined ? undefined : `write ${number} without quotes, or a percentage such as 50%`;
    case PORT:
      return number === undefined ? undefined : `write ${number} without quotes, or a port's name`;
    case 'a quantity such as 500m or 1Gi':
      return 'write a number and its unit without a blank between: m, k, M, G, Ki, Mi, Gi';
    default:
      return undefined;
  }
}

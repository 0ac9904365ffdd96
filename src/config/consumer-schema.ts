/** The form of `consumer:` in `slipway.yaml`. */
import * as v from 'valibot';
import type { ConsumerFile, StoreConsumerFile } from './file.ts';
import { about, mapping, say, text } from './form.ts';

const matching = (pattern: RegExp, what: string): v.GenericSchema<string> =>
  v.pipe(text(what), v.regex(pattern, say(what)));

/** A name of a namespaced object (Kubernetes, "Object Names and IDs": DNS subdomain). */
const NAME = /^(?=.{1,253}$)[a-z0-9](?:[a-z0-9-]*[a-z0-9])?(?:\.[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)*$/;
/** A namespace (DNS label). */
const NAMESPACE = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
/** What Flux takes for an interval (source-controller `api/v1/bucket_types.go`). */
const DURATION = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/;
const SECONDS: Readonly<Record<string, number>> = { ms: 0.001, s: 1, m: 60, h: 3600 };
const YEAR = 8760 * 3600;

/** Whether a duration is one that a source can be looked at in: a second at least, a year at most. Of what is none others tell. */
function isInterval(written: string): boolean {
  if (!DURATION.test(written)) return true;
  const parts = [...written.matchAll(/([0-9.]+)(ms|s|m|h)/g)];
  const seconds = parts.reduce((sum, [, number, unit = '']) => sum + Number(number) * (SECONDS[unit] ?? 0), 0);
  return seconds >= 1 && seconds <= YEAR;
}

const ENDPOINT = /^(?:https?:\/\/)?(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?\/?$/;
const BUCKET = /^[A-Za-z0-9][A-Za-z0-9._-]{1,61}[A-Za-z0-9]$/;

const ofStore = {
  endpoint: v.exactOptional(
    about(
      matching(ENDPOINT, 'HOST[:PORT], or a URL without a path'),
      "HOST[:PORT] where clusters reach the bucket, or its URL. Default: the store's, s3.REGION.amazonaws.com for AWS",
    ),
  ),
  bucket: v.exactOptional(
    about(matching(BUCKET, 'the name of a bucket'), "The bucket as clusters call it. Default: the store's"),
  ),
  region: v.exactOptional(
    about(matching(/^[a-z0-9-]+$/, 'a region such as eu-central-1'), "Region of the bucket. Default: the store's"),
  ),
  secretRef: v.exactOptional(
    about(
      matching(NAME, 'the name of a Secret'),
      'Name of the Secret with the keys accesskey and secretkey. Default: none',
    ),
  ),
};

/** The schema of `consumer:` of one store. */
export const storeConsumerSchema: v.GenericSchema<unknown, StoreConsumerFile> = mapping(ofStore);

/** The schema of `consumer:`. */
export const consumerSchema: v.GenericSchema<unknown, ConsumerFile> = mapping({
  namespace: v.exactOptional(
    about(matching(NAMESPACE, 'the name of a namespace'), 'Namespace of the Flux objects. Default: flux-system'),
  ),
  interval: v.exactOptional(
    about(
      v.pipe(
        matching(DURATION, 'a duration such as 1m or 1h30m'),
        v.check(isInterval, say('a duration of at least 1s and at most 8760h')),
      ),
      'How often the Bucket inside a tree is looked at again; a new tree is read at once. Default: 1h',
    ),
  ),
  ...ofStore,
  insecure: v.exactOptional(
    about(v.boolean(say('true or false')), 'Plain HTTP. Default: true where the endpoint is an http:// URL'),
  ),
  provider: v.exactOptional(
    about(
      v.picklist(['generic', 'aws', 'gcp', 'azure'], say('"generic", "aws", "gcp" or "azure"')),
      'How Flux logs in. Default: generic; aws where the store has no endpoint',
    ),
  ),
});

/** How clusters reach what is published. */

/** A bucket as a Flux `Bucket` names it (source-controller `api/v1/bucket_types.go`), and where such objects live. */
export interface BucketAccess {
  readonly provider: 'generic' | 'aws' | 'gcp';
  readonly bucket: string;
  /** `HOST[:PORT]`, without a scheme. */
  readonly endpoint: string;
  readonly region?: string;
  /** Plain HTTP. */
  readonly insecure: boolean;
  /** Name of the Secret with the credentials, in `namespace`. */
  readonly secretRef?: string;
  readonly namespace: string;
  /** How often the Bucket is looked at again, as Go writes durations: `1h`. */
  readonly interval: string;
}

/** How a run signs, and whose signatures count: `sign` and `verify` of the config with the options over them. */

/** A text that is read when it is needed: a file, or a variable. `shown` is what messages call it, as the user wrote it. */
export type TextSource =
  | { readonly kind: 'file'; readonly shown: string; readonly path: string }
  | { readonly kind: 'env'; readonly shown: string; readonly variable: string };

/** A public key. `private`: the text holds the private key instead, whose public half counts. */
export type PublicKeySource = TextSource & { readonly private?: true };

/** Who signs. */
export type SignerSettings =
  | { readonly kind: 'key'; readonly key: TextSource }
  | {
      /** A KMS or HSM behind a program: digest in, signature out. */
      readonly kind: 'command';
      readonly run: readonly string[];
      readonly publicKey: TextSource;
    }
  | {
      /** The CI's own identity, certified by a Sigstore. */
      readonly kind: 'keyless';
      /** Which services sign; absent: those of the public instance. */
      readonly signingConfig?: TextSource;
    };

/** `sign`: at least one of `signer` and `notation` is there. */
export interface SignSettings {
  readonly signer?: SignerSettings;
  /** Also cosign `.sig` signatures, by the same signer. */
  readonly legacy: boolean;
  readonly notation?: { readonly key: TextSource; readonly certificates: TextSource };
}

/** One value, or a pattern that is anchored for the user. */
export type MatchSettings = { readonly exactly: string } | { readonly matching: string };

/** `verify`: whose signatures count. At least one field is there. */
export interface VerifySettings {
  /** Any of these keys, or this identity. */
  readonly signer?:
    | { readonly kind: 'key'; readonly keys: readonly PublicKeySource[] }
    | { readonly kind: 'identity'; readonly identity: MatchSettings; readonly issuer: MatchSettings };
  readonly notation?: { readonly certificates: TextSource; readonly identities?: readonly string[] };
  /** Whom to believe; absent: the public instance of Sigstore. */
  readonly trustedRoot?: TextSource;
}

/** How a run seals: keys and certificates are read later. */
export interface SealSettings {
  readonly sign?: SignSettings;
  /** Absent with a key: the key's public half. */
  readonly verify?: VerifySettings;
}

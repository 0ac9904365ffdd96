/** The form of `sign:` and `verify:` in `slipway.yaml`. Which keys go together is checked later. */
import * as v from 'valibot';
import type { SignFile, VerifyFile } from './file.ts';
import { about, mapping, say, text, words } from './form.ts';

const source = (description: string): v.GenericSchema<string> =>
  about(text('a file or env://NAME'), `${description}: a file, relative to this one, or env://NAME`);

const signNotation = mapping({
  key: source('Private key of the signing certificate'),
  certificates: source('The signing certificate and those above it, in PEM, the signing one first'),
});

const verifyNotation = mapping({
  certificates: source('Root certificates whose signatures count, in PEM'),
  identities: v.exactOptional(
    about(
      v.pipe(words('a list of identities'), v.nonEmpty(say('at least one identity'))),
      'Subjects that may sign, as in a trust policy: "x509.subject: C=…, ST=…, O=…". Default: every certificate of the roots',
    ),
  ),
});

/** The schema of `sign:`. */
export const signSchema: v.GenericSchema<unknown, SignFile> = mapping({
  key: v.exactOptional(source('Private key that signs; its passphrase is in SLIPWAY_KEY_PASSWORD or COSIGN_PASSWORD')),
  keyless: v.exactOptional(
    about(v.literal(true, say('true')), "Sign with the identity of the CI's job; verify has to say which one counts"),
  ),
  signingConfig: v.exactOptional(source('Which services sign keyless, instead of those of the public Sigstore')),
  command: v.exactOptional(
    about(
      v.pipe(words('a list: the program and its arguments'), v.nonEmpty(say('at least the program'))),
      'The program and its arguments; no shell. It gets a SHA-256 digest on standard input and prints the signature',
    ),
  ),
  publicKey: v.exactOptional(source('Public half of the key that the command signs with')),
  legacy: v.exactOptional(
    about(
      v.boolean(say('true or false')),
      'Also write .sig signatures, for Flux up to 2.7 and older verifiers. Default: false',
    ),
  ),
  notation: v.exactOptional(about(signNotation, 'Also sign for the verifiers of the Notary Project')),
});

const one = (what: string): v.GenericSchema<string> => text(`one ${what}; Flux refuses several`);

/** The schema of `verify:`. */
export const verifySchema: v.GenericSchema<unknown, VerifyFile> = mapping({
  key: v.exactOptional(
    about(
      v.union(
        [text(), v.pipe(words('a list of keys'), v.nonEmpty(say('at least one key')))],
        say('a file or env://NAME, or a list of them'),
      ),
      'Public key whose signatures count, or a list of which any does: files, relative to this one, or env://NAME',
    ),
  ),
  identity: v.exactOptional(
    about(
      one('identity'),
      'Identity whose keyless signatures count: the address of a workflow with its ref, or a mail address',
    ),
  ),
  identityPattern: v.exactOptional(
    about(
      text('one regular expression; Flux refuses several identities'),
      'Instead of identity: a regular expression that matches all of it',
    ),
  ),
  issuer: v.exactOptional(
    about(one('issuer'), 'Who vouches for the identity, such as https://token.actions.githubusercontent.com'),
  ),
  issuerPattern: v.exactOptional(
    about(
      text('one regular expression; Flux refuses several issuers'),
      'Instead of issuer: a regular expression that matches all of it',
    ),
  ),
  trustedRoot: v.exactOptional(
    source('Authorities and logs to believe (trusted_root.json), instead of those of the public Sigstore'),
  ),
  notation: v.exactOptional(about(verifyNotation, 'Whose signatures of the Notary Project have to be there too')),
});

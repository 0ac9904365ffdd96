/** Why a named profile gave no credentials. The SDK's error only says that nobody had some; its log says who did not, and why. */

/** What is told of a profile: the state for the message, and what to do. */
export interface ProfileTrouble {
  readonly state: string;
  readonly hint: string;
}

/** Reads the SDK's log. */
export interface ProfileLog {
  note(line: string): void;
  /** The first reason that was noted, or that there was none. */
  trouble(profile: string): ProfileTrouble;
}

interface Reason {
  readonly is: RegExp;
  /** `name` is what {@link Reason.is} found in the line, else the profile's name. */
  readonly tell: (name: string) => ProfileTrouble;
}

/** Nothing else of a line is shown: behind `Command failed` comes what the program wrote. */
const REASONS: readonly Reason[] = [
  {
    is: /Could not resolve credentials using profile: \[([^\]]*)\]/,
    tell: (name) => ({
      state: `profile "${name}" is not in the AWS config and credentials files, or says nothing of credentials`,
      hint: `add credentials to profile "${name}", or name another one with the store parameter "profile" or AWS_PROFILE`,
    }),
  },
  {
    is: /Command failed:/,
    tell: (name) => ({
      state: `the credential_process of profile "${name}" failed`,
      hint: 'run that program by itself: what it writes is not shown here',
    }),
  },
  {
    is: /credential_process (?:returned invalid|did not return|returned expired)/,
    tell: (name) => ({
      state: `the credential_process of profile "${name}" answered no valid credentials`,
      hint: 'run that program by itself: it has to write JSON with Version 1, AccessKeyId and SecretAccessKey',
    }),
  },
];

/** A log that keeps the first reason. */
export function profileLog(): ProfileLog {
  let found: { readonly reason: Reason; readonly name: string | undefined } | undefined;
  return {
    note(line) {
      if (found !== undefined || !line.startsWith('@smithy/property-provider')) return;
      for (const reason of REASONS) {
        const match = reason.is.exec(line);
        if (match !== null) found ??= { reason, name: match[1] };
      }
    },
    trouble(profile) {
      if (found !== undefined) return found.reason.tell(found.name ?? profile);
      const hint = `check profile "${profile}" in the AWS config and credentials files`;
      return { state: `profile "${profile}" gave no credentials`, hint };
    },
  };
}

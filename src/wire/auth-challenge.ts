/** The `WWW-Authenticate` header (RFC 9110 §11.6.1): one or several challenges in one line. */

/** One way to sign in that the server offers. */
export interface Challenge {
  /** Lower case: `bearer`, `basic`, … */
  readonly scheme: string;
  /** Lower-case names. A parameter that comes twice keeps its first value. */
  readonly parameters: ReadonlyMap<string, string>;
}

interface Piece {
  readonly scheme?: string | undefined;
  readonly name?: string | undefined;
  readonly quoted?: string | undefined;
  readonly bare?: string | undefined;
}

// At one position stands a parameter, else a scheme (with a token68, which no registry needs, skipped), else a comma.
const piece =
  /[\s,]*(?:(?<name>[\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^\s,"=]+)(?=\s*(?:,|$)))|(?<scheme>[\w!#$%&'*+.^`|~-]+)(?:\s+[\w+/.~-]+=*(?=\s*(?:,|$)))?(?=[\s,]|$))/y;

/** Reads all challenges, in order. What cannot be read ends the list: a broken header never throws. */
export function parseChallenges(header: string): readonly Challenge[] {
  const challenges: { readonly scheme: string; readonly parameters: Map<string, string> }[] = [];
  const pattern = new RegExp(piece);
  for (let found = pattern.exec(header); found !== null; found = pattern.exec(header)) {
    const { scheme, name, quoted, bare }: Piece = found.groups ?? {};
    if (scheme !== undefined) challenges.push({ scheme: scheme.toLowerCase(), parameters: new Map() });
    const parameters = challenges.at(-1)?.parameters;
    if (name === undefined || parameters === undefined) continue;
    const key = name.toLowerCase();
    if (!parameters.has(key)) parameters.set(key, quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');
  }
  return challenges;
}

/** How long one exchange with a server may take: so much for any, and more for each byte that is sent or comes. */

/** Slower than this, a connection serves nobody: 10 MB would take longer than three minutes. */
const BYTES_PER_SECOND = 50_000;

/** The clock of one exchange, which runs from the moment it is made. */
export interface Allowance {
  /** Tells of bytes that came. */
  received(bytes: number): void;
  stop(): void;
}

/** What an exchange begins with. */
export interface AllowanceOptions {
  /** For an exchange without any bytes. */
  readonly seconds: number;
  /** Bytes of the body that goes out. */
  readonly sent: number;
  /** Called once, when more time has passed than the bytes allow. */
  readonly late: (silence: Silence) => void;
}

/** The other side said nothing for `seconds`, or took longer than that for the whole exchange. */
export class Silence extends Error {
  override readonly name = 'Silence';
  readonly seconds: number;

  constructor(seconds: number, what: 'answer' | 'complete answer' = 'answer') {
    super(`no ${what} within ${seconds} s`);
    this.seconds = seconds;
  }
}

/** Starts the clock of an exchange. */
export function allowance({ seconds, sent, late }: AllowanceOptions): Allowance {
  const begun = performance.now();
  let came = 0;
  const allowed = (): number => seconds + (sent + came) / BYTES_PER_SECOND;
  const look = (): void => {
    const left = allowed() - (performance.now() - begun) / 1000;
    if (left > 0) timer = setTimeout(look, Math.ceil(left * 1000));
    else late(new Silence(Number(allowed().toFixed(1)), came === 0 ? 'answer' : 'complete answer'));
  };
  let timer = setTimeout(look, allowed() * 1000);
  return {
    received(bytes) {
      came += bytes;
    },
    stop: () => clearTimeout(timer),
  };
}

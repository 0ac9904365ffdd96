import { SlipwayError } from '../errors.ts';

/** The error for options that are wrong or contradict each other. */
export const usage = (message: string, hint: string | undefined): SlipwayError =>
  new SlipwayError('USAGE', message, { hint });

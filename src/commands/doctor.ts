import { type DoctorOptions, resolveDoctor } from '../config/resolve-doctor.ts';
import { diagnose } from '../doctor/diagnose.ts';
import { exitCodeOf } from '../errors.ts';
import type { StoreVerdict } from '../model.ts';
import { diagnosisJson, diagnosisText } from '../report/doctor.ts';
import { type CommandContext, type CommonOptions, paintFor } from './context.ts';

const EXIT: Readonly<Record<StoreVerdict, number>> = {
  usable: 0,
  unsafe: exitCodeOf('REFUSED'),
  unusable: exitCodeOf('STORE'),
};

/**
 * `slipway doctor`: prints what was found of each store, and answers 0 when all are usable, 4 when one is not, 3 where only
 * `accept-unsafe` is missing. Throws what kept it from looking.
 */
export async function run(context: CommandContext, options: DoctorOptions & CommonOptions): Promise<number> {
  const { stdout } = context;
  const diagnosis = await diagnose(await resolveDoctor(options, context), context);
  stdout.write(
    options.output === 'json' ? diagnosisJson(diagnosis) : diagnosisText(diagnosis, paintFor(stdout, context, options)),
  );
  return EXIT[diagnosis.verdict];
}

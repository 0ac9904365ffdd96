/** The language as Kubernetes speaks it: the standard functions of CEL and the libraries that the API server adds. */
import { Environment } from '@marcbachmann/cel-js';
import { addComprehensions } from './comprehensions.ts';
import { addFormats } from './formats.ts';
import { addLists } from './lists.ts';
import { addNetwork } from './network.ts';
import { addOptionals } from './optionals.ts';
import { addQuantities } from './quantity.ts';
import { addRegex } from './regex.ts';
import { addSemver } from './semver.ts';
import { addStrings } from './strings.ts';
import { addTime } from './time.ts';
import { addUrls } from './url.ts';

const LIBRARIES: readonly ((environment: Environment) => void)[] = [
  addTime,
  addStrings,
  addRegex,
  addLists,
  addComprehensions,
  addOptionals,
  addUrls,
  addNetwork,
  addQuantities,
  addSemver,
  addFormats,
];

/** Types are checked when values are there: the schemas vouch for them. */
function make(): Environment {
  const made = new Environment({ enableOptionalTypes: true, homogeneousAggregateLiterals: false });
  made.registerVariable('self', 'dyn');
  made.registerVariable('oldSelf', 'dyn');
  for (const add of LIBRARIES) add(made);
  return made;
}

let only: Environment | undefined;

/** The one environment, made when a rule is first evaluated. */
export function environment(): Environment {
  only ??= make();
  return only;
}

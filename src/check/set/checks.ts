/** The checks of this group. */
import type { ArtifactCheck, ObjectCheck, ReleaseCheck } from '../view.ts';
import { checkCharts } from './check-charts.ts';
import { checkCycles } from './check-cycles.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkNamespaceInVain, checkNamespaceMissing, checkNamespaceUndefined } from './check-namespaces.ts';
import { checkOwners } from './check-owners.ts';
import { checkReferences } from './check-references.ts';
import { checkSelectors } from './check-selectors.ts';
import { Neighbourhood } from './neighbours.ts';

/** Checks of single objects. */
export const SET_OBJECT_CHECKS: readonly ObjectCheck[] = [checkNamespaceInVain];

/** Checks of single artifacts. */
export const SET_ARTIFACT_CHECKS: readonly ArtifactCheck[] = [checkDuplicates, checkNamespaceUndefined];

/** Checks of all artifacts of a run together. */
export const SET_RELEASE_CHECKS: readonly ReleaseCheck[] = [
  checkOwners,
  checkNamespaceMissing,
  checkCharts,
  (views, _context, report) => {
    const neighbourhood = new Neighbourhood(views);
    checkReferences(neighbourhood, report);
    checkSelectors(neighbourhood, report);
    checkCycles(neighbourhood, report);
  },
];

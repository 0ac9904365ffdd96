import type { Site } from '../release.ts';

/** Whether a store is being healed: what failed, went another way or only lends is not. */
export const takesPart = ({ state }: Site): boolean => state === 'current' || state === 'lagging';

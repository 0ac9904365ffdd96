/** The nouns. Every type is read-only data; stages hand these to one another and share nothing else. */
export type * from './model/artifact.ts';
export type * from './model/check.ts';
export type * from './model/consumer.ts';
export type * from './model/diagnosis.ts';
export type * from './model/difference.ts';
export type * from './model/gate.ts';
export type * from './model/healing.ts';
export type * from './model/live.ts';
export type * from './model/plan.ts';
export type * from './model/promotion.ts';
export type * from './model/proof.ts';
export type * from './model/pruned.ts';
export type * from './model/receipt.ts';
export type * from './model/record.ts';
export type * from './model/verified.ts';

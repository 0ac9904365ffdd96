/** Answers about the source's history, kept so that a job without a clone decides in the same way. */
import type { HistoryAnswer } from '../model.ts';
import type { History } from '../ship/history.ts';

/** A history that remembers in `answers` what it answered, each question once. */
export function recording(history: History, answers: Map<string, HistoryAnswer>): History {
  return {
    async relation(ours, other) {
      const relation = await history.relation(ours, other);
      answers.set(`${ours} ${other}`, { ours, other, relation });
      return relation;
    },
  };
}

/** A history that knows nothing but these answers. */
export function remembered(answers: readonly HistoryAnswer[]): History {
  const known = new Map(answers.map(({ ours, other, relation }) => [`${ours} ${other}`, relation]));
  return { relation: async (ours, other) => (ours === other ? 'same' : (known.get(`${ours} ${other}`) ?? 'unknown')) };
}

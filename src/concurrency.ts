/**
 * Runs `work` on every item, at most `limit` at once, and answers the results in the order of the items.
 * The first rejection wins: nothing new is started after it, and it is thrown once all started work has settled,
 * so that nothing goes on in the background of a run that has already reported its failure.
 */
export async function eachLimit<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T, index: number) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  const pending = items.entries();
  let failure: { readonly thrown: unknown } | undefined;
  const worker = async (): Promise<void> => {
    for (const [index, item] of pending) {
      try {
        results[index] = await work(item, index);
      } catch (thrown) {
        failure ??= { thrown };
      }
      if (failure !== undefined) return;
    }
  };
  await Promise.all(Array.from({ length: Math.min(Math.max(1, limit), items.length) }, worker));
  if (failure !== undefined) throw failure.thrown;
  return results;
}

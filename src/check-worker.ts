/** A thread that helps the checks: it is briefed, then looks at documents. `open-check.ts` starts it for many artifacts. */
import { parentPort } from 'node:worker_threads';
import { type Briefing, helping, type Portion } from './check/engine/helper.ts';

/** Whoever started it has given up by then. */
const UNASKED_MILLISECONDS = 60_000;

const unasked = setTimeout(() => parentPort?.close(), UNASKED_MILLISECONDS);
parentPort?.once('message', (briefing: Briefing) => {
  clearTimeout(unasked);
  const look = helping(briefing);
  parentPort?.on('message', (portion: Portion) => parentPort?.postMessage(look(portion)));
  parentPort?.postMessage([]);
});

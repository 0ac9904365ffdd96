// Prints what failed and why, then "N passed, N failed" over the JSON results of vitest runs, and ends with 1 unless all is well.
//
//   node count.mjs BROKEN FILE...    BROKEN is 1 when a command failed, whatever its results say

import { readFileSync } from 'node:fs';

/** Characters of one failure. */
const MAX_SAID = 2_000;

const [broken, ...files] = process.argv.slice(2);

/** What one run says. A suite that could not be set up has no failed test: every test that did not run is one. */
function count(file) {
  const { testResults } = JSON.parse(readFileSync(file, 'utf8'));
  const statuses = testResults.flatMap(({ assertionResults }) => assertionResults.map(({ status }) => status));
  const passed = statuses.filter((status) => status === 'passed').length;
  const unexplained = testResults.filter(
    ({ status, assertionResults }) => status === 'failed' && assertionResults.every((test) => test.status === 'passed'),
  );
  return { passed, failed: statuses.length - passed + unexplained.length, failures: failuresOf(testResults) };
}

/** Each test that failed by its file and name, with the start of what it said. */
function failuresOf(testResults) {
  return testResults.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((test) => test.status === 'failed');
    if (failed.length === 0 && status === 'failed') return [`${name}\n${message ?? ''}`];
    return failed.map(({ fullName, failureMessages }) => `${name}: ${fullName}\n${failureMessages.join('\n')}`);
  });
}

/** A run that left no results stopped before its first test. */
function countOrFail(file) {
  try {
    return count(file);
  } catch (error) {
    console.error(`No results in ${file}: ${error.message}`);
    return { passed: 0, failed: 1, failures: [] };
  }
}

const counts = files.map(countOrFail);
const passed = counts.reduce((sum, one) => sum + one.passed, 0);
const known = counts.reduce((sum, one) => sum + one.failed, 0);
const failed = known === 0 && (broken !== '0' || passed === 0) ? 1 : known;
// At the end, where it is seen: a log of ten thousand tests is often cut from above.
for (const failure of counts.flatMap(({ failures }) => failures)) console.log(`FAILED ${failure.slice(0, MAX_SAID)}\n`);
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

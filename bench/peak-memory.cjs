// Loaded into a measured process by `--require`: writes its peak of resident memory in bytes where it is told to.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  writeFileSync(process.env.BENCH_MEMORY_FILE, String(process.resourceUsage().maxRSS * 1024));
});

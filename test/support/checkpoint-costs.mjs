// What reading each of many checkpoints costs a process that does nothing else:
//   node --expose-gc checkpoint-costs.mjs NAMES.json FOLDER
// Prints {costs: [{file, ms, megabytes}], keptMegabytes}: processor time, the peak of memory above what was held before, and what stays of all of them.
import {readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {inspectCheckpoint} from '../../dist/model/native.js';

const [namesFile, folder] = process.argv.slice(2);
const names = JSON.parse(readFileSync(namesFile, 'utf8'));

/** @param field VmRSS, or VmHWM, its peak */
function megabytes(field) {
  return (
    Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))[1])
    / 1000
  );
}

// Loads the addon and what Node itself loads lazily.
for (const file of names.slice(0, 50)) inspectCheckpoint(join(folder, file));
globalThis.gc();
const atFirst = megabytes('VmRSS');
const costs = names.map((file) => {
  globalThis.gc();
  writeFileSync('/proc/self/clear_refs', '5'); // the peak begins anew
  const before = megabytes('VmRSS');
  const started = process.cpuUsage();
  inspectCheckpoint(join(folder, file));
  const {user, system} = process.cpuUsage(started);
  return {file, ms: (user + system) / 1000, megabytes: megabytes('VmHWM') - before};
});
globalThis.gc();
console.log(JSON.stringify({costs, keptMegabytes: megabytes('VmRSS') - atFirst}));

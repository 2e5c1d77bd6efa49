// Makes dist/ anew: the compiled TypeScript, the report page's bundle, the command.
import {spawnSync} from 'node:child_process';
import {chmodSync, rmSync} from 'node:fs';
import {join} from 'node:path';

const ROOT = join(import.meta.dirname, '../..');

// What was renamed or deleted must not live on there.
rmSync(join(ROOT, 'dist'), {recursive: true, force: true});
const tsc = [join(ROOT, 'node_modules/typescript/bin/tsc'), '-p', join(ROOT, 'tsconfig.json')];
const {status} = spawnSync(process.execPath, tsc, {cwd: ROOT, stdio: 'inherit'});
if (status !== 0) process.exit(status ?? 130);
await import('./report-page.mjs');
// npm makes it so when it links the package, and not again when it was compiled anew.
chmodSync(join(ROOT, 'dist/cli/main.js'), 0o755);

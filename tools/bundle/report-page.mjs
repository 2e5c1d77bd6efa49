// Bundles what runs in a report page, with its chart library, into dist/report/page/assets: pages carry it as text, so that users install
// neither the library nor a bundler.
import {mkdirSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {build} from 'esbuild';

const ROOT = join(import.meta.dirname, '../..');
const SOURCE = join(ROOT, 'src/report/page/browser');
const OUT = join(ROOT, 'dist/report/page/assets');

mkdirSync(OUT, {recursive: true});
await build({
  absWorkingDir: ROOT,
  entryPoints: {page: join(SOURCE, 'main.ts')},
  outdir: OUT,
  bundle: true,
  minify: true,
  format: 'iife',
  target: ['es2022'],
  conditions: ['production'],
  charset: 'utf8',
  // The licences of what is in it stay in it.
  legalComments: 'inline',
  logLevel: 'warning',
});
await build({
  absWorkingDir: ROOT,
  entryPoints: {page: join(SOURCE, 'page.css')},
  outdir: OUT,
  minify: true,
  charset: 'utf8',
  logLevel: 'warning',
});

// Both stand between tags: neither may end its own.
for (const name of ['page.js', 'page.css']) {
  const text = readFileSync(join(OUT, name), 'utf8').trim();
  if (/<\/(script|style)|<!--/i.test(text))
    throw new Error(`${name} holds a tag that would end it in a page`);
  writeFileSync(join(OUT, name), text);
}

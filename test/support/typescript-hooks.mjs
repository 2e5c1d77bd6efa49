// Lets Node run the TypeScript of the tests in a process of its own, without a build:
//   node --import ./test/support/typescript-hooks.mjs FILE.ts
import {existsSync, readFileSync} from 'node:fs';
import {register} from 'node:module';
import {fileURLToPath} from 'node:url';
import {isMainThread} from 'node:worker_threads';

// Node loads this file twice: in the process, to register it, and in the thread of the hooks.
if (isMainThread) register(import.meta.url);

export async function resolve(specifier, context, next) {
  if (/^\.{1,2}\/.*\.js$/.test(specifier)) {
    const source = new URL(specifier.replace(/js$/, 'ts'), context.parentURL);
    if (existsSync(source)) return {url: source.href, shortCircuit: true};
  }
  return next(specifier, context);
}

export async function load(url, context, next) {
  if (!url.startsWith('file:') || !url.endsWith('.ts')) return next(url, context);
  const {default: ts} = await import('typescript');
  const {outputText} = ts.transpileModule(readFileSync(fileURLToPath(url), 'utf8'), {
    fileName: fileURLToPath(url),
    compilerOptions: {target: ts.ScriptTarget.ES2023, module: ts.ModuleKind.ESNext, inlineSourceMap: true},
  });
  return {format: 'module', source: outputText, shortCircuit: true};
}

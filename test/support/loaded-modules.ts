import {existsSync, readFileSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import {pathToFileURL} from 'node:url';

/** What a command loaded, and the environment in which it writes that down. */
export interface WatchedModules {
  readonly env: Readonly<Record<string, string>>;
  /** URLs of modules, and paths of `.node` files, in the order of loading; of every command since. */
  readonly loaded: () => readonly string[];
  /** Those that have `part` in them, from behind it. */
  readonly loadedBelow: (part: string) => readonly string[];
}

/** Watches every module that `import` loads, what is required from there by `import`, and every `.node` file, however it is loaded.
 *  @param directory for the log and the hooks */
export function watchModules(directory: string): WatchedModules {
  const [log, hooks, preload] = ['modules.log', 'hooks.mjs', 'preload.mjs'].map((name) =>
    join(directory, name),
  ) as [string, string, string];
  const write = (expression: string): string =>
    `appendFileSync(${JSON.stringify(log)}, ${expression} + '\\n');`;
  writeFileSync(
    hooks,
    `import {appendFileSync} from 'node:fs';
     export function load(url, context, next) {
       ${write('url')}
       return next(url, context);
     }`,
  );
  writeFileSync(
    preload,
    `import {appendFileSync} from 'node:fs';
     import {register} from 'node:module';
     const {dlopen} = process;
     process.dlopen = (module, filename, ...flags) => {
       ${write('filename')}
       return dlopen(module, filename, ...flags);
     };
     register(${JSON.stringify(pathToFileURL(hooks).href)});`,
  );
  const loaded = (): readonly string[] =>
    existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(0, -1) : [];
  return {
    env: {NODE_OPTIONS: `--import ${pathToFileURL(preload).href}`},
    loaded,
    loadedBelow: (part) =>
      loaded().flatMap((url) => {
        const at = url.indexOf(part);
        return at === -1 ? [] : [url.slice(at + part.length)];
      }),
  };
}

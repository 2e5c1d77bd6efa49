import {join} from 'node:path';
import ts from 'typescript';
import type {CodeBlock} from './pages.js';

/** What TypeScript has against the blocks, each a module of its own that imports the package as users do: checked under `strict` against
 *  the sources.
 *  @param root of the repository */
export function typescriptDefects(blocks: readonly CodeBlock[], root: string): readonly string[] {
  // In the repository's own folder, so that the types of Node are found as a user's project finds them.
  const files = new Map(blocks.map((block, i) => [join(root, `documented-${String(i)}.ts`), block]));
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    types: ['node'],
    typeRoots: [join(root, 'node_modules/@types')],
    lib: ['lib.es2023.d.ts', 'lib.esnext.disposable.d.ts'],
    paths: {
      'dl-trade': [join(root, 'src/index.ts')],
      'dl-trade/features': [join(root, 'src/features/index.ts')],
    },
  };
  const host = ts.createCompilerHost(options);
  const disk = {...host};
  const codeOf = (name: string): string | undefined => files.get(name)?.code;
  host.fileExists = (name) => files.has(name) || disk.fileExists(name);
  host.readFile = (name) => codeOf(name) ?? disk.readFile(name);
  host.getSourceFile = (name, languageVersion, ...rest) => {
    const code = codeOf(name);
    return code === undefined
      ? disk.getSourceFile(name, languageVersion, ...rest)
      : ts.createSourceFile(name, code, languageVersion);
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([name, {page, line}]) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      ({start = 0, messageText}) =>
        `${page}:${String(line + 1 + source!.getLineAndCharacterOfPosition(start).line)}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
    );
  });
}

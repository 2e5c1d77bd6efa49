import {readFileSync} from 'node:fs';
import {DlTradeError} from '../../domain/errors.js';

/** What the build makes of src/report/page/browser: the script with its chart library, and the style sheet. */
export interface PageAssets {
  readonly script: string;
  readonly style: string;
}

// From src and from dist the way to the project is the same.
const BUILT = new URL('../../../dist/report/page/assets/', import.meta.url);

/** Reads what `npm run build` made for pages: compiled once, so that neither the chart library nor a bundler is installed by users.
 *  @throws UNEXPECTED where it was not built */
export function readPageAssets(): PageAssets {
  try {
    const read = (name: string): string => readFileSync(new URL(name, BUILT), 'utf8');
    return {script: read('page.js'), style: read('page.css')};
  } catch (cause) {
    throw new DlTradeError('UNEXPECTED', 'the parts of the report page are missing: run "npm run build"', {
      cause,
    });
  }
}

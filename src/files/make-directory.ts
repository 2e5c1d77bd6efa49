import {mkdir} from 'node:fs/promises';
import {outputFailed} from './file-errors.js';

/** Makes a directory and those above it; one that is there stays as it is.
 *  @throws OUTPUT_FAILED */
export async function makeDirectory(path: string): Promise<void> {
  try {
    await mkdir(path, {recursive: true});
  } catch (cause) {
    throw outputFailed(path, cause);
  }
}

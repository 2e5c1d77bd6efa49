import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';

/** sha256, hex, of a file's bytes, read in pieces. Rejects with the system's error where it cannot be read. */
export async function sha256OfFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

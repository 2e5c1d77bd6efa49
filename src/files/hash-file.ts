import {createHash} from 'node:crypto';
import {createReadStream} from 'node:fs';

/** The sha256 of a file's bytes, as 64 hexadecimal digits; what reading it throws passes through. */
export async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) hash.update(chunk);
  return hash.digest('hex');
}

import {existsSync, readFileSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

/** Where `npm run setup` builds the addon. */
export const ADDON_PATH = fileURLToPath(new URL('../../build/cmake/Release/dl_trade.node', import.meta.url));

/** Tests of the addon are skipped where it is not built; CI always builds it. */
export const addonIsBuilt = existsSync(ADDON_PATH);

export const NETWORK_FIXTURES = fileURLToPath(new URL('../fixtures/networks', import.meta.url));

export const TINY_BILSTM = {
  architecture: 'bilstm',
  input_size: 4,
  hidden_size: 3,
  num_layers: 1,
  dropout: 0.2,
} as const;

export const TINY_TRANSFORMER = {
  architecture: 'transformer',
  input_size: 4,
  d_model: 8,
  nhead: 8,
  num_layers: 1,
  dim_feedforward: 6,
  max_len: 8,
  dropout: 0.2,
} as const;

/** Finite values that repeat nowhere. */
export function someWindows(count: number): Float32Array {
  return Float32Array.from({length: count}, (_, index) => Math.sin(index * 0.7));
}

/** Raw little-endian float32, as tools/reference writes it. */
export function readFloats(path: string): Float32Array {
  const bytes = readFileSync(path);
  return new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
}

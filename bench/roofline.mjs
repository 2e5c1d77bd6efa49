// How far the kernels of the fast path are from what one core can do, and what LibTorch's GEMMs reach on the same products.
//   node bench/roofline.mjs --python .venv/bin/python
import {execFileSync} from 'node:child_process';
import {join, resolve} from 'node:path';
import {parseArgs} from 'node:util';
import {findLibTorch} from '../tools/setup/libtorch.mjs';

const ROOT = resolve(import.meta.dirname, '..');
const BUILD = join(ROOT, 'build/native-bench');
const {values: flags} = parseArgs({
  options: {python: {type: 'string', default: join(ROOT, '.venv/bin/python')}},
});

const {directory} = findLibTorch(ROOT);
const configure = ['-S', 'native/test', '-B', BUILD, '-DDL_TRADE_SANITIZE=OFF', '-DCMAKE_BUILD_TYPE=Release'];
const quiet = {cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit']};
execFileSync('cmake', [...configure, `-DLIBTORCH=${directory}`], quiet);
execFileSync('cmake', ['--build', BUILD, '--target', 'inference_roofline', '--parallel', '2'], quiet);

const measured = JSON.parse(execFileSync(join(BUILD, 'inference/inference_roofline'), {encoding: 'utf8'}));
const products = measured.filter(({rows}) => rows !== undefined);
const torch = JSON.parse(
  execFileSync(flags.python, [join(import.meta.dirname, 'products.py')], {
    input: JSON.stringify(products),
    encoding: 'utf8',
  }),
);
console.table(measured.filter(({rows}) => rows === undefined));
console.table(products.map((product, i) => ({...product, ...torch[i]})));

/** Multiply-adds of one window of 50 steps of the shipped sizes, and bytes of weights that they pass over. */
const [T, F, H, D, FF] = [50, 86, 128, 128, 512];
const gates = 4 * H;
const step = H * gates;
const counts = {
  'BiLSTM, one window': {
    multiplyAdds: T * F * 2 * gates + 2 * (T - 1) * step + T * 2 * H * gates + 2 * H * gates + (T - 1) * step,
    // Each recurrent step passes over its weights; the projections once a few rows.
    weightBytes: 4 * (3 * (T - 1) * step + Math.ceil(T / 6) * (F * 2 * gates + 2 * H * gates)),
  },
  'BiLSTM, as LibTorch computes it': {
    multiplyAdds: T * F * 2 * gates + T * 2 * H * 2 * gates + 4 * T * step,
  },
  'Transformer, one window': {
    multiplyAdds:
      T * F * D
      + T * D * 3 * D
      + T * (T + 1) * D
      + T * D * D
      + T * 2 * D * FF
      + 3 * D * D
      + 8 * 2 * T * D
      + 2 * D * FF,
    weightBytes: 4 * (Math.ceil(T / 6) * (F * D + 3 * D * D + D * D + 2 * D * FF) + 4 * D * D + 2 * D * FF),
  },
  'Transformer, as LibTorch computes it': {
    multiplyAdds: T * F * D + 2 * (T * D * 3 * D + 2 * T * T * D + T * D * D + T * 2 * D * FF),
  },
};
console.table(counts);

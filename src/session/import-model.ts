import {readFile} from 'node:fs/promises';
import {basename, resolve} from 'node:path';
import {DlTradeError} from '../domain/errors.js';
import type {RegimeParameters} from '../domain/feature-schema.js';
import {DEFAULT_REGIME} from '../features/regime-filter.js';
import {FEATURE_NAMES, FEATURE_SCHEMA} from '../features/schema.js';
import {unreadable} from '../files/file-errors.js';
import type {InputScale} from '../model/anchored-inputs.js';
import {makeGolden, parseGolden, verifyGolden} from '../model/golden.js';
import type {Golden, GoldenReport} from '../model/golden.js';
import {parseImportedScaler} from '../model/imported-scaler.js';
import type {ImportedScaler} from '../model/imported-scaler.js';
import {LONGEST_SEQUENCE} from '../model/manifest.js';
import type {Manifest} from '../model/manifest.js';
import {loadNetworkAsync, nativeVersions} from '../model/native.js';
import type {Hyperparameters, NativeNetwork} from '../model/native-network.js';
import {findHeads} from './import-heads.js';
import {ModelPersistence} from './model-persistence.js';

/** What is to be made a model. A flag goes before what the scaler's file says, that before the default. */
export interface ImportRequest {
  /** A .pth: a state_dict of a BiLSTM or Transformer, or a checkpoint that holds one. */
  readonly weights: string;
  /** JSON with mean and scale of the 86 inputs. */
  readonly scaler: string;
  /** The model's directory; what stands there is replaced. */
  readonly out: string;
  /** JSON of windows and the logits that Python gave for them: proves that both compute the same. */
  readonly golden?: string | undefined;
  readonly symbol?: string | undefined;
  readonly timeframe?: string | undefined;
  readonly horizon?: number | undefined;
  readonly sequenceLength?: number | undefined;
  readonly threshold?: number | undefined;
  readonly inputScale?: InputScale | undefined;
  /** Bound of scaled inputs; null: none. */
  readonly clip?: number | null | undefined;
  /** Where neither the shapes nor the checkpoint tell: 8 unless said otherwise. */
  readonly heads?: number | undefined;
}

/** What was imported. */
export interface ImportedModel {
  readonly out: string;
  readonly hyperparameters: Hyperparameters;
  readonly parameterCount: number;
  readonly weightsSha256: string;
  /** How far from Python's logits the network is; absent where no golden file was given. */
  readonly golden?: GoldenReport;
  /** What had to be assumed, in sentences. */
  readonly assumptions: readonly string[];
}

const OWN_GOLDEN_WINDOWS = 4;

/** Makes a model of weights that were trained elsewhere: checked, with a manifest of its own, ready to run.
 *  @throws CONFIG_INVALID for a place that is no model's, CHECKPOINT_REFUSED MODEL_INVALID MANIFEST_INVALID FILE_UNREADABLE OUTPUT_FAILED */
export async function importModel(request: ImportRequest): Promise<ImportedModel> {
  const said = parseImportedScaler(await read(request.scaler), request.scaler, FEATURE_NAMES);
  requireSchema(request, said);
  const heads = await findHeads(request.weights, request.heads);
  const network = await loadNetworkAsync(request.weights, heads.expected);
  try {
    requireInputs(request, network);
    const {manifest, assumptions} = manifestOf(request, said, network);
    if (heads.assumed !== undefined) {
      assumptions.unshift(`nhead is taken to be ${heads.assumed} (--heads)`);
    }
    const steps = manifest.sequenceLength;
    requireWindow(steps, network);
    const given = request.golden === undefined ? undefined : await readGolden(request.golden);
    const report = given === undefined ? undefined : verifyGolden(network, steps, given);
    if (report?.agrees === false) {
      const headsToo =
        heads.assumed === undefined ? '' : `, or its heads are not ${heads.assumed}: say them with --heads`;
      throw new DlTradeError(
        'MODEL_INVALID',
        `"${request.golden ?? ''}": a logit was "${report.largestDifference.toExponential(2)}" from what ${report.computedBy} gave, want at most ${report.tolerance}; weights and golden file are not of one network${headsToo}`,
        {details: {...report}},
      );
    }
    const golden = given ?? ownGolden(network, steps);
    const saved = await new ModelPersistence('.').save(resolve(request.out), {network, manifest, golden});
    return {
      ...{out: request.out, hyperparameters: network.hyperparameters, assumptions},
      parameterCount: network.parameterCount,
      weightsSha256: saved.weightsSha256,
      ...(report === undefined ? {} : {golden: report}),
    };
  } finally {
    network.dispose();
  }
}

function requireWindow(steps: number, {hyperparameters}: NativeNetwork): void {
  const most = hyperparameters.architecture === 'transformer' ? hyperparameters.max_len : LONGEST_SEQUENCE;
  if (steps <= most) return;
  throw new DlTradeError(
    'CONFIG_INVALID',
    `the sequence length was "${steps}", want at most ${most}; say it with --sequence-length, or in the scaler's file`,
    {details: {steps, most}},
  );
}

function requireSchema({scaler}: ImportRequest, {schema}: ImportedScaler): void {
  if (schema === undefined || schema.hash === FEATURE_SCHEMA.hash) return;
  const short = (hash: string): string => hash.slice(0, 12);
  throw new DlTradeError(
    'MODEL_INVALID',
    `"${scaler}": the feature schema was "${schema.id} ${short(schema.hash)}", want ${FEATURE_SCHEMA.id} ${short(FEATURE_SCHEMA.hash)}; export the features again and train on them`,
    {details: {schema: schema.id}},
  );
}

function requireInputs({weights}: ImportRequest, {hyperparameters}: NativeNetwork): void {
  const {input_size} = hyperparameters;
  if (input_size === FEATURE_NAMES.length) return;
  throw new DlTradeError(
    'MODEL_INVALID',
    `"${weights}": input_size was "${input_size}", want ${FEATURE_NAMES.length}, the features of ${FEATURE_SCHEMA.id}`,
    {details: {input_size}},
  );
}

function manifestOf(
  request: ImportRequest,
  said: ImportedScaler,
  network: NativeNetwork,
): {manifest: Omit<Manifest, 'weightsSha256'>; assumptions: string[]} {
  const assumptions: string[] = [];
  function pick<T>(name: string, flag: T | undefined, fromFile: T | undefined, byDefault: T): T {
    if (flag === undefined && fromFile === undefined)
      assumptions.push(`${name} is taken to be ${String(byDefault ?? 'none')}`);
    // Null is said as well: no bound.
    return flag !== undefined ? flag : fromFile !== undefined ? fromFile : byDefault;
  }
  function regimeOf({regime}: ImportedScaler): RegimeParameters {
    if (regime === undefined) assumptions.push('the regime model is taken to be the default one');
    return regime ?? DEFAULT_REGIME;
  }
  const time = (ms: number | undefined): string | null =>
    ms === undefined ? null : new Date(ms).toISOString();
  const {addon, libtorch} = nativeVersions();
  const manifest: Omit<Manifest, 'weightsSha256'> = {
    format: 1,
    architecture: network.hyperparameters.architecture,
    hyperparameters: network.hyperparameters,
    schema: {id: FEATURE_SCHEMA.id, hash: FEATURE_SCHEMA.hash},
    inputScale: pick('the input scale', request.inputScale, said.inputScale, 'anchored'),
    scaler: {...said.scaler, clip: pick('the bound of scaled inputs', request.clip, said.clip, null)},
    regime: regimeOf(said),
    sequenceLength: pick('the sequence length', request.sequenceLength, said.sequenceLength, 50),
    horizon: pick('the horizon', request.horizon, said.horizon, 5),
    decisionThreshold: pick('the decision threshold', request.threshold, said.threshold, 0.6),
    trainedOn: {
      symbol: pick('the symbol', request.symbol, said.symbol, 'BTC/USDT'),
      timeframe: pick('the timeframe', request.timeframe, said.timeframe, '1h'),
      source: `imported from ${basename(request.weights)}`,
      ...{from: time(said.fromMs), to: time(said.toMs), heldOutFrom: time(said.heldOutFromMs)},
      ...{rows: null, split: null, seed: said.seed ?? null},
      versions: {'dl-trade': addon, libtorch},
    },
    metrics: null,
    created: new Date().toISOString(),
    card: {
      summary:
        'Imported weights: nothing was measured here. Measure them on candles that they have not seen before they trade.',
      limitations: ['How it was trained is not known beyond what this manifest says.'],
    },
  };
  return {manifest, assumptions};
}

async function readGolden(path: string): Promise<Golden> {
  return parseGolden(await read(path), path);
}

/** What the network says now of windows that anyone can make again, for later versions to agree with. */
function ownGolden(network: NativeNetwork, steps: number): Golden {
  const size = OWN_GOLDEN_WINDOWS * steps * network.hyperparameters.input_size;
  const windows = new Float32Array(size).map((_, i) => Math.sin(i));
  const logits = network.predictNaive(windows, OWN_GOLDEN_WINDOWS, steps);
  return makeGolden(windows, logits, {
    computedBy: `dl-trade's naive path on LibTorch ${nativeVersions().libtorch}`,
    tolerance: 1e-5,
  });
}

async function read(path: string): Promise<string> {
  return readFile(path, 'utf8').catch((cause: unknown) => {
    throw unreadable(path, cause);
  });
}

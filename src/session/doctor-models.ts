import {nativeVersions} from '../model/native.js';
import {verifyGolden} from '../model/golden.js';
import type {CheckResult, DoctorRequest} from './doctor-check.js';
import {failure} from './doctor-check.js';
import {ModelPersistence} from './model-persistence.js';
import {modelDirectories} from './require-model.js';

/** Loads the native addon and says what computes here. */
export function checkAddon(): CheckResult[] {
  const started = performance.now();
  const {addon, libtorch, isa, kernel, threads} = nativeVersions();
  const ms = (performance.now() - started).toFixed(0);
  const text = `${addon} loaded in ${ms} ms: LibTorch ${libtorch}, ${isa}, kernel ${kernel}, ${threads} thread${threads === 1 ? '' : 's'}`;
  return [{check: 'addon', verdict: 'ok', text}];
}

/** Loads every model and computes its golden windows: the weights, read and run here, give the logits of their reference. */
export async function checkModels({modelsDirectory}: DoctorRequest): Promise<CheckResult[]> {
  const results = new Map<string, CheckResult>();
  for (const directory of modelDirectories(modelsDirectory)) {
    const persistence = new ModelPersistence(directory);
    for (const name of await persistence.list()) {
      // The first directory goes before the second, as for --model.
      if (!results.has(name)) results.set(name, await checkModel(persistence, name));
    }
  }
  if (results.size > 0) return [...results.values()];
  const where = modelDirectories(modelsDirectory).join('" or "');
  const text = `no model lies under "${where}"; name one by its path`;
  // Where a folder was named, a run looks for its model there and nowhere else.
  return modelsDirectory === undefined
    ? [{check: 'models', verdict: 'warning', text}]
    : [{check: 'models', verdict: 'failed', text, code: 'MODEL_NOT_FOUND'}];
}

async function checkModel(persistence: ModelPersistence, name: string): Promise<CheckResult> {
  const check = `model ${name}`;
  try {
    const model = await persistence.load(name);
    // Gone since it was listed.
    if (model === null) return {check, verdict: 'warning', text: 'it is being replaced; look again'};
    try {
      const golden = await persistence.loadGolden(name);
      if (golden === null) {
        return {check, verdict: 'warning', text: 'it loads, but has no golden.json to prove its logits with'};
      }
      const {windows, largestDifference, tolerance, computedBy, agrees} = verifyGolden(
        model.network,
        model.manifest.sequenceLength,
        golden,
      );
      const found = `${windows} golden windows within ${largestDifference.toExponential(1)} of ${computedBy}`;
      if (agrees) return {check, verdict: 'ok', text: `${found}, ${tolerance} allowed`};
      const text = `largest difference of ${windows} golden windows was "${largestDifference}", want at most ${tolerance}; train or import it again`;
      return {check, verdict: 'failed', text, code: 'MODEL_INVALID'};
    } finally {
      model.network.dispose();
    }
  } catch (error) {
    return failure(check, error);
  }
}

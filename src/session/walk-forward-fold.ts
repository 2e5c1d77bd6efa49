import {existsSync} from 'node:fs';
import {DlTradeError} from '../domain/errors.js';
import type {SplitBoundaries} from '../training/splits.js';
import type {EpochRecord} from '../model/native-training.js';
import {checkpointPathOf, trainModel} from './train-model.js';
import type {TrainingRequest} from './training-request.js';
import {WalkForwardDirectory} from './walk-forward-record.js';

/** What the process of one fold is told: everything that can cross a process boundary. */
export interface FoldTask {
  readonly fold: number;
  readonly directory: string;
  readonly boundaries: SplitBoundaries;
  readonly request: Omit<TrainingRequest, 'out' | 'boundaries' | 'signal' | 'environment' | 'resume'>;
}

/** What it tells. */
export type FoldNews =
  | {readonly kind: 'epoch'; readonly fold: number; readonly epoch: EpochRecord}
  | {readonly kind: 'done'; readonly fold: number}
  | {
      readonly kind: 'failed';
      readonly fold: number;
      readonly code: DlTradeError['code'];
      readonly message: string;
    };

/** Trains one fold and writes its record; goes on where an earlier process of the same fold stopped.
 *  @throws what `trainModel` throws */
export async function runFold(
  {fold, directory, boundaries, request}: FoldTask,
  {signal, tell}: {signal: AbortSignal; tell: (news: FoldNews) => void},
): Promise<void> {
  const files = new WalkForwardDirectory(directory);
  const out = files.modelPath(fold);
  // Else anew, in place of a model whose record was not written.
  const resume = existsSync(checkpointPathOf(out));
  const trained = await trainModel(
    {...request, out, boundaries: () => boundaries, resume, signal},
    {
      onEpoch(epoch) {
        tell({kind: 'epoch', fold, epoch});
      },
    },
  );
  const {bestEpoch, threshold, heldOut} = trained;
  await files.writeFold({fold, bestEpoch, threshold, forecasts: heldOut!});
  tell({kind: 'done', fold});
}

/** The failure as news: only its words cross the process boundary. */
export function failureOf(fold: number, error: unknown): FoldNews {
  return error instanceof DlTradeError
    ? {kind: 'failed', fold, code: error.code, message: error.message}
    : {
        kind: 'failed',
        fold,
        code: 'UNEXPECTED',
        message: error instanceof Error ? (error.stack ?? '') : String(error),
      };
}

import {resolve} from 'node:path';
import type {SentimentSource} from '../config/sentiment-source.js';
import type {Clock} from '../domain/clock.js';
import {sha256OfFile} from '../files/hash-file.js';
import {FEATURE_NAMES} from '../features/schema.js';
import type {SentimentSeries} from '../features/sentiment.js';
import {readSentimentFile} from '../features/sentiment-file.js';
import type {Model} from '../model/model-persistence.js';
import {AlternativeMe} from './alternative-me.js';

/** A source of sentiment that is ready to answer. */
export interface OpenSentiment {
  /** Goes into `FeatureOptions`: empty where there is no source. */
  readonly option: {readonly sentiment?: SentimentSeries};
  /** Says which values these are, for telling whether an unfinished run may go on with them. */
  readonly identity: string | {readonly path: string; readonly sha256: string};
  /** Lets go of the network; a request that is under way ends. */
  close(): void;
}

/** Opens the source that a configuration names.
 *  @throws FILE_UNREADABLE SENTIMENT_INVALID for a file; an endpoint that fails is a note, never an error */
export async function openSentiment(
  source: SentimentSource,
  world: {
    readonly clock: Clock;
    readonly onNote: (text: string) => void;
    readonly signal?: AbortSignal | undefined;
  },
): Promise<OpenSentiment> {
  switch (source.kind) {
    case 'none':
      return {option: {}, identity: 'none', close: doNothing};
    case 'file': {
      const sentiment = await readSentimentFile(source.path);
      const identity = {path: resolve(source.path), sha256: await sha256OfFile(source.path)};
      return {option: {sentiment}, identity, close: doNothing};
    }
    case 'alternative.me': {
      const sentiment = await AlternativeMe.open({...source, ...world});
      return {
        option: {sentiment},
        identity: source.kind,
        close: () => {
          sentiment.close();
        },
      };
    }
  }
}

/** What a user should hear who asks for sentiment for a model that was trained without. */
export function unusedSentiment({kind}: SentimentSource, {name, manifest}: Model): string[] {
  if (kind === 'none' || !manifest.scaler.constant.includes(FEATURE_NAMES.indexOf('fear_greed_index')))
    return [];
  return [`${name} was trained without sentiment: --sentiment changes none of its forecasts`];
}

/** What a user should hear where a source that was asked for had no value. */
export function missingSentiment(
  {kind}: SentimentSource,
  {rows, observed}: {readonly rows: number; readonly observed: number},
): string[] {
  if (kind === 'none' || observed === rows) return [];
  return [
    `fear_greed_index is the neutral 50 on ${rows - observed} of ${rows} rows, for which the sentiment source has no value`,
  ];
}

function doNothing(): void {
  // A file was read whole.
}

import {homedir} from 'node:os';
import {isAbsolute, join} from 'node:path';
import {z} from 'zod';
import {DlTradeError} from '../domain/errors.js';

/** Where the values of `fear_greed_index` come from; `none`: it is the neutral 50 throughout. */
export type SentimentSource =
  | {readonly kind: 'none'}
  | {readonly kind: 'file'; readonly path: string}
  | {
      readonly kind: 'alternative.me';
      /** Without a trailing slash. */
      readonly baseUrl: string;
      /** What was fetched last lies here: the index is the market's, so one file serves every strategy of a user. */
      readonly cacheFile: string;
    };

const ALTERNATIVE_ME = 'https://api.alternative.me';

const httpUrl = z.url({protocol: /^https?$/, hostname: /./}).transform((url) => url.replace(/\/+$/, ''));

/** The source of a flag, else of TRADING_SENTIMENT, else none: the shipped models were trained without sentiment.
 *  ALTERNATIVE_ME_BASE_URL stands in for the public endpoint; the cache lies under XDG_CACHE_HOME, else ~/.cache.
 *  @param flag `none`, `alternative.me`, else the path of a file
 *  @throws CONFIG_INVALID */
export function readSentimentSource(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>>,
): SentimentSource {
  const name = (flag ?? environment['TRADING_SENTIMENT']) || 'none';
  if (flag?.trim() === '') throw invalid('--sentiment', flag, 'a file, alternative.me or none');
  if (name === 'none') return {kind: 'none'};
  if (name !== 'alternative.me') return {kind: 'file', path: name};
  const base = httpUrl.safeParse(environment['ALTERNATIVE_ME_BASE_URL'] || ALTERNATIVE_ME);
  if (!base.success) {
    throw invalid(
      'ALTERNATIVE_ME_BASE_URL',
      environment['ALTERNATIVE_ME_BASE_URL'] ?? '',
      'an http or https URL',
    );
  }
  return {
    kind: 'alternative.me',
    baseUrl: base.data,
    cacheFile: join(cacheDirectory(environment), 'alternative-me.json'),
  };
}

/** source: XDG Base Directory Specification, which has relative paths ignored */
function cacheDirectory({
  XDG_CACHE_HOME: xdg = '',
  HOME: home = '',
}: {
  readonly [name: string]: string | undefined;
}): string {
  const root = isAbsolute(xdg) ? xdg : join(isAbsolute(home) ? home : homedir(), '.cache');
  return join(root, 'dl-trade');
}

function invalid(setting: string, value: string, wanted: string): DlTradeError {
  return new DlTradeError('CONFIG_INVALID', `${setting} was "${value}", want ${wanted}`, {
    details: {setting, value},
  });
}

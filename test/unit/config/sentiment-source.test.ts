import {homedir} from 'node:os';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';
import {readSentimentSource} from '../../../src/config/sentiment-source.js';
import {caught} from '../../support/caught.js';

describe('readSentimentSource', () => {
  it('is none where nobody says anything', () => {
    expect(readSentimentSource(undefined, {})).toEqual({kind: 'none'});
    expect(readSentimentSource(undefined, {TRADING_SENTIMENT: ''})).toEqual({kind: 'none'});
  });

  it('takes the flag before the variable', () => {
    expect(readSentimentSource(undefined, {TRADING_SENTIMENT: 'fng.csv'})).toEqual({
      kind: 'file',
      path: 'fng.csv',
    });
    expect(readSentimentSource('none', {TRADING_SENTIMENT: 'fng.csv'})).toEqual({kind: 'none'});
    expect(readSentimentSource('./none', {})).toEqual({kind: 'file', path: './none'});
  });

  it('takes the public endpoint, or the host that a variable names', () => {
    const environment = {XDG_CACHE_HOME: '/cache', ALTERNATIVE_ME_BASE_URL: 'http://127.0.0.1:8080/'};
    expect(readSentimentSource('alternative.me', {XDG_CACHE_HOME: '/cache'})).toEqual({
      kind: 'alternative.me',
      baseUrl: 'https://api.alternative.me',
      cacheFile: '/cache/dl-trade/alternative-me.json',
    });
    expect(readSentimentSource('alternative.me', environment)).toMatchObject({
      baseUrl: 'http://127.0.0.1:8080',
    });
  });

  it.each([
    [{HOME: '/home/quant'}, '/home/quant/.cache'],
    [{HOME: '/home/quant', XDG_CACHE_HOME: 'relative'}, '/home/quant/.cache'],
    [{}, join(homedir(), '.cache')],
  ])('keeps its cache, with %j, below %s', (environment, root) => {
    expect(readSentimentSource('alternative.me', environment)).toMatchObject({
      cacheFile: join(root, 'dl-trade/alternative-me.json'),
    });
  });

  it('refuses a host that is no URL, and a flag that says nothing', () => {
    for (const url of ['alternative.me', 'ftp://alternative.me', 'http://']) {
      const error = caught(() => readSentimentSource('alternative.me', {ALTERNATIVE_ME_BASE_URL: url}));
      expect(error).toMatchObject({code: 'CONFIG_INVALID'});
      expect(error.message).toBe(`ALTERNATIVE_ME_BASE_URL was "${url}", want an http or https URL`);
    }
    expect(caught(() => readSentimentSource(' ', {})).message).toContain('--sentiment was " "');
  });
});

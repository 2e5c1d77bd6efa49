import {describe, expect, it} from 'vitest';

import {DlTradeError} from '../../../src/domain/errors.js';
import {loadAddon} from '../../../src/model/native.js';

function notFound(place: string): Error {
  return Object.assign(new Error(`Cannot find module '${place}'\nRequire stack:\n- here`), {
    code: 'MODULE_NOT_FOUND',
  });
}

function failure(load: (place: string) => unknown): DlTradeError {
  try {
    loadAddon(load, ['/app/dl_trade.node', '@dl-trade/linux-x64']);
  } catch (error) {
    if (error instanceof DlTradeError) return error;
    throw error;
  }
  throw new Error('loaded');
}

describe('loadAddon', () => {
  it('takes the first place that loads and tries no further', () => {
    const tried: string[] = [];
    const addon = loadAddon(
      (place) => {
        tried.push(place);
        if (place === 'a') throw notFound(place);
        return {from: place};
      },
      ['a', 'b', 'c'],
    );
    expect(addon).toEqual({from: 'b'});
    expect(tried).toEqual(['a', 'b']);
  });

  it('says at each place that nothing was found, and what to do', () => {
    const error = failure((place) => {
      throw notFound(place);
    });
    expect(error.code).toBe('NATIVE_UNAVAILABLE');
    expect(error.exitCode).toBe(4);
    expect(error.message).toBe(
      'The native addon could not be loaded (/app/dl_trade.node: not found; @dl-trade/linux-x64: not found). '
        + 'Build it with `npm run setup`.',
    );
  });

  it('gives the reason of a build that is there but does not load', () => {
    const error = failure((place) => {
      if (place.startsWith('@')) throw notFound(place);
      throw new Error('libtorch_cpu.so: cannot open shared object file: No such file or directory');
    });
    expect(error.message).toContain('/app/dl_trade.node: libtorch_cpu.so: cannot open shared object file');
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect(error.details['platform']).toBe(process.platform);
  });

  it('does not take a missing dependency of the addon for a missing addon', () => {
    const error = failure(() => {
      throw notFound('something-else');
    });
    expect(error.message).toContain("/app/dl_trade.node: Cannot find module 'something-else'");
  });

  it('keeps what was thrown even where it is no Error', () => {
    const error = failure(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw 'no reason';
    });
    expect(error.message).toContain('no reason');
  });
});

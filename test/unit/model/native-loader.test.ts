import {describe, expect, it} from 'vitest';

import {DlTradeError} from '../../../src/domain/errors.js';
import {addonPlaces, type AddonHost} from '../../../src/model/addon-places.js';
import {loadAddon} from '../../../src/model/native.js';

function notFound(place: string): Error {
  return Object.assign(new Error(`Cannot find module '${place}'\nRequire stack:\n- here`), {
    code: 'MODULE_NOT_FOUND',
  });
}

const HOST: AddonHost = {platform: 'linux', arch: 'x64', isMusl: false, version: '1.2.3'};
const [LOCAL_BUILD, PREBUILT] = addonPlaces(HOST) as [string, string];

function failure(load: (place: string) => unknown, host: Partial<AddonHost> = {}): DlTradeError {
  try {
    loadAddon(load, {...HOST, ...host});
  } catch (error) {
    if (error instanceof DlTradeError) return error;
    throw error;
  }
  throw new Error('loaded');
}

/** What a platform package says that is installed and does not load. */
function prebuiltFailing(reason: string): DlTradeError {
  return failure((place) => {
    if (place === LOCAL_BUILD) throw notFound(place);
    throw new Error(reason);
  });
}

const nothing = (place: string): never => {
  throw notFound(place);
};

describe('loadAddon', () => {
  it('takes a local build before the platform package, and tries no further', () => {
    const tried: string[] = [];
    const load = (place: string): unknown => {
      tried.push(place);
      return {from: place};
    };
    expect(loadAddon(load, HOST)).toEqual({from: LOCAL_BUILD});
    expect(tried).toEqual([LOCAL_BUILD]);
    expect(LOCAL_BUILD).toMatch(/build.cmake.Release.dl_trade\.node$/);
  });

  it('takes the platform package where nothing was built', () => {
    const load = (place: string): unknown => (place === LOCAL_BUILD ? nothing(place) : {from: place});
    expect(loadAddon(load, HOST)).toEqual({from: '@dl-trade/linux-x64'});
  });

  it('says at each place that nothing was found, and what to do', () => {
    const error = failure(nothing);
    expect(error.code).toBe('NATIVE_UNAVAILABLE');
    expect(error.exitCode).toBe(4);
    expect(error.message).toBe(
      `The native addon could not be loaded (${LOCAL_BUILD}: not found; @dl-trade/linux-x64: not found). `
        + 'Run `npm install @dl-trade/linux-x64@1.2.3`: it is an optional dependency, which is left out by --omit=optional and by a '
        + 'node_modules folder or lock file that was made on another platform; in a clone of dl-trade, `npm run setup` builds it.',
    );
  });

  it.each([
    [{platform: 'freebsd'}, 'No prebuilt addon is published for freebsd-x64, only for linux-x64, '],
    [{platform: 'darwin'}, 'No prebuilt addon is published for darwin-x64, '],
    [{isMusl: true}, 'No prebuilt addon is published for linux-x64 without glibc (musl), '],
  ])('says that nothing is published for %j', (host, sentence) => {
    expect(failure(nothing, host).message).toContain(sentence);
  });

  it.each([
    [
      'libtorch_cpu.so: cannot open shared object file: No such file or directory',
      'run `npm install @dl-trade/libtorch-linux-x64 @dl-trade/linux-x64@1.2.3`',
    ],
    ["/lib/libc.so.6: version `GLIBC_2.28' not found", '@dl-trade/linux-x64 needs glibc 2.28 or newer'],
    ['invalid ELF header', 'Install it anew: `npm install @dl-trade/linux-x64@1.2.3`'],
  ])('knows what mends %j', (reason, advice) => {
    const {message} = prebuiltFailing(reason);
    expect(message).toContain(`${PREBUILT}: ${reason}`);
    expect(message).toContain(advice);
  });

  it('gives the reason of a build that is there but does not load', () => {
    const error = failure((place) => {
      if (place.startsWith('@')) throw notFound(place);
      throw new Error('libtorch_cpu.so: cannot open shared object file: No such file or directory');
    });
    expect(error.message).toContain(`${LOCAL_BUILD}: libtorch_cpu.so: cannot open shared object file`);
    expect(error.cause).toBeInstanceOf(AggregateError);
    expect(error.details['platform']).toBe('linux');
  });

  it('does not take a missing dependency of the addon for a missing addon', () => {
    const error = failure(() => {
      throw notFound('something-else');
    });
    expect(error.message).toContain(`${LOCAL_BUILD}: Cannot find module 'something-else'`);
  });

  it('keeps what was thrown even where it is no Error', () => {
    const error = failure(() => {
      // eslint-disable-next-line @typescript-eslint/only-throw-error
      throw 'no reason';
    });
    expect(error.message).toContain('no reason');
  });
});

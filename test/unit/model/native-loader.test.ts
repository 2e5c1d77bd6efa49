import {readFileSync} from 'node:fs';
import {join} from 'node:path';
import {describe, expect, it} from 'vitest';

import {DlTradeError} from '../../../src/domain/errors.js';
import {PREBUILT_PLATFORMS, addonPlaces, type AddonHost} from '../../../src/model/addon-places.js';
import {loadAddon} from '../../../src/model/native.js';
import {ROOT} from '../../support/cli.js';

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

/** An addon that says which version it was built as. */
function addonOf(from: string, version: string): {readonly from: string; versions(): object} {
  return {from, versions: () => ({addon: version})};
}

const nothing = (place: string): never => {
  throw notFound(place);
};

describe('loadAddon', () => {
  it('takes a local build before the platform package, and tries no further', () => {
    const tried: string[] = [];
    const load = (place: string): unknown => {
      tried.push(place);
      return addonOf(place, '1.2.3');
    };
    expect(loadAddon(load, HOST)).toMatchObject({from: LOCAL_BUILD});
    expect(tried).toEqual([LOCAL_BUILD]);
    expect(LOCAL_BUILD).toMatch(/build.cmake.Release.dl_trade\.node$/);
  });

  it('takes the platform package where nothing was built', () => {
    const load = (place: string): unknown =>
      place === LOCAL_BUILD ? nothing(place) : addonOf(place, '1.2.3');
    expect(loadAddon(load, HOST)).toMatchObject({from: '@dl-trade/linux-x64'});
  });

  it('passes over an addon of another version, whose functions may be others', () => {
    const old = (place: string): unknown => addonOf(place, place === LOCAL_BUILD ? '1.2.2' : '1.2.3');
    expect(loadAddon(old, HOST)).toMatchObject({from: PREBUILT});
    expect(failure((place) => (place === LOCAL_BUILD ? {} : addonOf(place, '1.2.4'))).message).toMatch(
      /dl_trade\.node: it is of dl-trade before 0\.1\.0, not 1\.2\.3; @dl-trade\/linux-x64: it is of dl-trade 1\.2\.4, not 1\.2\.3\)\. Install it anew: `npm install @dl-trade\/linux-x64@1\.2\.3`/,
    );
  });

  it('requires each prebuilt platform by its literal name, for bundlers', () => {
    const source = readFileSync(join(ROOT, 'src/model/native.ts'), 'utf8');
    const literal = [
      ...source.matchAll(/'(@dl-trade\/[\w-]+)': \(\): unknown => require\('(@dl-trade\/[\w-]+)'\)/g),
    ];
    expect(literal.map(([, name, required]) => [name, required])).toEqual(
      PREBUILT_PLATFORMS.map((platform) => [`@dl-trade/${platform}`, `@dl-trade/${platform}`]),
    );
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
    // Of a project that is called after PyTorch.
    [
      '/home/me/pytorch-bot/node_modules/@dl-trade/linux-x64/dl_trade.node: file too short',
      'Install it anew: ',
    ],
    ['incompatible architecture', 'Install it anew: '],
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

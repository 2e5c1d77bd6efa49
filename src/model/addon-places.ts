import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

/** The machine that an addon is to run on. */
export interface AddonHost {
  /** As `process.platform`. */
  readonly platform: string;
  /** As `process.arch`. */
  readonly arch: string;
  /** Linux without glibc, such as Alpine. */
  readonly isMusl: boolean;
  /** Of dl-trade. */
  readonly version: string;
}

const require = createRequire(import.meta.url);

/** The machine and the package that this runs on; what costs time is read when it is asked for. */
export const thisHost: AddonHost = {
  platform: process.platform,
  arch: process.arch,
  get isMusl() {
    if (process.platform !== 'linux') return false;
    // Else it looks up the names of open connections, and may wait for them.
    Object.assign(process.report, {excludeNetwork: true});
    const {header} = process.report.getReport() as {header: {glibcVersionRuntime?: string}};
    return header.glibcVersionRuntime === undefined;
  },
  get version() {
    return (require('../../package.json') as {version: string}).version;
  },
};

/** Platforms that a prebuilt addon is published for, as `@dl-trade/<platform>`. */
export const PREBUILT_PLATFORMS: readonly string[] = [
  'linux-x64',
  'linux-arm64',
  'darwin-arm64',
  'win32-x64',
];

// The same from src/model and from dist/model.
const LOCAL_BUILD = fileURLToPath(new URL('../../build/cmake/Release/dl_trade.node', import.meta.url));

/** Where the addon may lie, in the order of trying: what was built here comes before what was installed. */
export function addonPlaces({platform, arch}: Pick<AddonHost, 'platform' | 'arch'>): readonly string[] {
  return [LOCAL_BUILD, `@dl-trade/${platform}-${arch}`];
}

/** What mends a missing addon, in a sentence.
 *  @param reason why the platform package could not be loaded, by the loader's own words; undefined where it is not installed */
export function addonAdvice(host: AddonHost, reason: string | undefined): string {
  const platform = `${host.platform}-${host.arch}`;
  const inClone = 'in a clone of dl-trade, `npm run setup` builds it';
  if (!PREBUILT_PLATFORMS.includes(platform) || host.isMusl) {
    const here = host.isMusl ? `${platform} without glibc (musl)` : platform;
    return `No prebuilt addon is published for ${here}, only for ${PREBUILT_PLATFORMS.join(', ')} (on Linux with glibc 2.28 or newer); ${inClone}.`;
  }
  const name = `@dl-trade/${platform}`;
  if (reason === undefined) {
    return (
      `Run \`npm install ${name}@${host.version}\`: it is an optional dependency, which is left out by --omit=optional and by a`
      + ` node_modules folder or lock file that was made on another platform; ${inClone}.`
    );
  }
  if (/\bGLIBC(XX)?_\d/.test(reason)) {
    return `${name} needs glibc 2.28 or newer, which this system does not have: use a newer one; ${inClone}.`;
  }
  if (/\blib(torch|c10|gomp|omp)[\w.]*\.(so|dylib)\b/.test(reason)) {
    return `LibTorch is missing beside ${name} or damaged: run \`npm install @dl-trade/libtorch-${platform} ${name}@${host.version}\`; ${inClone}.`;
  }
  return `Install it anew: \`npm install ${name}@${host.version}\`; ${inClone}.`;
}

import {existsSync} from 'node:fs';

const USUAL = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** The program of a Chromium on this machine: what CHROMIUM_PATH names, else one at a usual place.
 *  @returns {string | undefined} */
export function findChromium() {
  const named = process.env.CHROMIUM_PATH;
  return (named === undefined || named === '' ? USUAL : [named]).find((path) => existsSync(path));
}

export interface BroughtAlong {
  readonly name: string;
  readonly file: RegExp;
  readonly version: string;
  readonly licence: string;
  readonly purl: string;
}
export const BROUGHT_ALONG: readonly BroughtAlong[];
export function copyLicences(
  from: {readonly root: string; readonly libtorch: string; readonly libraries: readonly string[]},
  directory: string,
): string;

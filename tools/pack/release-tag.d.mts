export function tagProblem(
  tag: string,
  release: {readonly version: string; readonly changelog: string},
): string | undefined;

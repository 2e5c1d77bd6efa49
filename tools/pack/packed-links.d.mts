export interface PackedPage {
  readonly page: string;
  readonly isPacked: (path: string) => boolean;
  readonly repository: string | undefined;
}

export function rewriteLinks(text: string, packed: PackedPage): string;

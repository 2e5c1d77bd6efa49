export interface PackageToPublish {
  readonly name: string;
  readonly version: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

export function publishingOrder<T extends PackageToPublish>(packages: readonly T[]): T[];
export function distTag(version: string): string;

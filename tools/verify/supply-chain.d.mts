export interface Component {
  readonly 'bom-ref': string;
  readonly name: string;
  readonly version?: string;
  readonly purl?: string;
  readonly licenses?: readonly {
    readonly license?: {readonly id?: string; readonly name?: string};
    readonly expression?: string;
  }[];
}
export interface Bill {
  readonly metadata: {readonly component: Component};
  readonly components: readonly Component[];
  readonly dependencies: readonly {readonly ref: string; readonly dependsOn?: readonly string[]}[];
}
export interface Lock {
  readonly packages: Readonly<Record<string, {readonly version?: string; readonly dev?: boolean}>>;
}
export interface OtherComponent {
  readonly name: string;
  readonly version: string;
  readonly licence: string;
  readonly purl: string;
}
export const PERMISSIVE: readonly string[];
export const BORNE: readonly {readonly name: string; readonly licence: string; readonly why: string}[];
export function shippedPackages(lock: Lock): string[];
export function billOfMaterials(everything: Bill, lock: Lock, others: readonly OtherComponent[]): Bill;
export function billProblems(bill: Bill, lock: Lock): string[];
export function licenceProblems(bill: Pick<Bill, 'components'>): string[];
export function auditFindings(
  printed: string,
):
  | {readonly answered: false; readonly why: string}
  | {readonly answered: true; readonly findings: readonly string[]};

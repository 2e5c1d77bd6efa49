// What an installation brings: a bill of materials (CycloneDX), the licences in it, and what npm knows against it.
import satisfies from 'spdx-satisfies';

/** Licences that ask for no more than to be named. */
export const PERMISSIVE = [
  'MIT',
  'ISC',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  'CC0-1.0',
];

/** Components whose licence is not on that list and which are shipped all the same, each with the reason. */
export const BORNE = [
  {
    name: 'libgomp',
    licence: 'GPL-3.0-or-later WITH GCC-exception-3.1',
    // Its texts and the place of its source are in the package (native/third_party/libgomp).
    why: 'the exception lets programs of any licence use it, and it is a library of its own that nothing of ours is part of',
  },
];

/** Packages of package-lock.json that an installation brings, as `name@version`. npm's own `--omit dev` leaves out those that a
 *  development dependency needs as well. */
export function shippedPackages(lock) {
  return Object.entries(lock.packages)
    .filter(([path, {dev}]) => path !== '' && dev !== true)
    .map(
      ([path, {version}]) =>
        `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
    )
    .sort();
}

/** What `npm sbom` lists, without what is for development alone, and with what npm does not know of.
 *  @param everything CycloneDX of `npm sbom`, development dependencies and all
 *  @param {readonly {name: string, version: string, licence: string, purl: string}[]} others bundled or linked */
export function billOfMaterials(everything, lock, others) {
  const shipped = new Set(shippedPackages(lock));
  const kept = everything.components.filter(({name, version}) => shipped.has(`${name}@${version}`));
  const added = others.map(({name, version, licence, purl}) => ({
    'bom-ref': purl,
    type: 'library',
    name,
    version,
    scope: 'required',
    purl,
    licenses: [licence.includes(' ') ? {expression: licence} : {license: {id: licence}}],
  }));
  const components = [...kept, ...added];
  const root = everything.metadata.component['bom-ref'];
  const known = new Set([root, ...components.map((component) => component['bom-ref'])]);
  const dependencies = everything.dependencies
    .filter(({ref}) => known.has(ref))
    .map(({ref, dependsOn = []}) => ({
      ref,
      dependsOn: [
        ...dependsOn.filter((other) => known.has(other)),
        ...(ref === root ? added.map(({purl}) => purl) : []),
      ],
    }));
  const metadata = {...everything.metadata, component: {...everything.metadata.component, name: 'dl-trade'}};
  return {...everything, metadata, components, dependencies};
}

/** What makes a bill of materials none: shipped packages that it does not name, and components without version, licence or purl. */
export function billProblems(bill, lock) {
  const listed = new Set(bill.components.map(({name, version}) => `${name}@${version}`));
  return [
    ...shippedPackages(lock)
      .filter((name) => !listed.has(name))
      .map((name) => `${name} is not in the bill of materials`),
    ...bill.components
      .filter(({version, purl, licenses}) => !version || !purl || !(licenses?.length > 0))
      .map(({name}) => `${name} has no version, purl or licence`),
  ];
}

/** Components whose licence is none of the permissive ones and not borne; unknown licences are among them. */
export function licenceProblems(bill) {
  return bill.components.flatMap(({name, licenses = []}) => {
    const expressions = licenses.map(
      (entry) => entry.expression ?? entry.license?.id ?? entry.license?.name ?? '',
    );
    const borne = (licence) => BORNE.some((one) => one.name === name && one.licence === licence);
    const allowed =
      expressions.length > 0 && expressions.every((licence) => isPermissive(licence) || borne(licence));
    return allowed
      ? []
      : [
          `${name} has the licence "${expressions.join(' and ')}", which is not on the list of permissive ones`,
        ];
  });
}

function isPermissive(expression) {
  try {
    return satisfies(expression, PERMISSIVE);
  } catch {
    return false;
  }
}

/** What `npm audit --json` says.
 *  @param {string} printed
 *  @returns {{answered: false, why: string} | {answered: true, findings: string[]}} findings of high and critical severity */
export function auditFindings(printed) {
  let report;
  try {
    report = JSON.parse(printed);
  } catch {
    return {answered: false, why: 'npm audit printed no JSON'};
  }
  const counts = report.metadata?.vulnerabilities;
  if (counts === undefined)
    return {answered: false, why: report.message ?? report.error?.summary ?? 'it gave no report'};
  const findings = Object.values(report.vulnerabilities ?? {})
    .filter(({severity}) => severity === 'high' || severity === 'critical')
    .map(({name, severity, range}) => `${name} ${range}: ${severity}`);
  // Where npm counts what it does not list, the count is believed.
  if (findings.length === 0 && counts.high + counts.critical > 0)
    findings.push(`${counts.high + counts.critical} of high or critical severity`);
  return {answered: true, findings};
}

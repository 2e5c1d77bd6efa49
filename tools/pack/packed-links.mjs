import {posix} from 'node:path';

// Code first, in which nothing is a link; then links and images with their text and target.
const CODE_OR_LINK =
  /^( *)(```|~~~)[^]*?^ *\2.*$|(`+)[^`][^]*?\3|(!?)\[((?:[^[\]]|\[[^[\]]*\])*)\]\(([^()\s]+)\)/gm;

/** Where links of a packed Markdown file lead: to what is packed as they stand, to anything else in the repository, or nowhere, which
 *  leaves their text.
 *  @param page its path in the package, with slashes
 *  @param isPacked whether a path of the repository is in the package
 *  @param repository address that a path of the repository is put behind, without a slash at its end; undefined: not known */
export function rewriteLinks(text, {page, isPacked, repository}) {
  return text.replace(CODE_OR_LINK, (whole, _indent, _fence, _ticks, bang, label, target) => {
    if (target === undefined || /^(#|[a-z][a-z0-9+.-]*:)/i.test(target)) return whole;
    const [file, fragment] = target.split('#', 2);
    const path = posix.join(posix.dirname(page), file);
    if (isPacked(path)) return whole;
    if (repository === undefined) return label;
    return `${bang}[${label}](${repository}/${path}${fragment === undefined ? '' : `#${fragment}`})`;
  });
}

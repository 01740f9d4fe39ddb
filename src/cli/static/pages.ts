/** What look-ups answer, as files under the interface's own paths: which there are of a version, and how they may be kept. */
import { artifactNames } from '../../codegen/artifacts.ts';

/** A path of the interface that is answered from a file. */
export interface Page {
  /** The path that is asked for: `/v1/…`, with each segment encoded. */
  readonly path: string;
  /** Where it is kept: as it is, or in a folder of its own beside the paths below it. */
  readonly hasPathsBelow: boolean;
  readonly cacheControl: string;
}

/** Content never changes. */
const immutable = 'public, max-age=31536000, immutable';
/** What the next run may replace. */
const short = 'public, max-age=10, must-revalidate';
/** Made from a version by a release of Herald, with the words of its catalog: the next run may say the same otherwise. */
const made = 'public, max-age=3600';

export function catalogPage(catalog: string): Page {
  return { path: `/v1/catalogs/${encodeURIComponent(catalog)}`, hasPathsBelow: true, cacheControl: short };
}

/** `version`: a number, or `latest`. */
export function versionPages(subjectPath: string, version: number | 'latest'): readonly Page[] {
  const path = `${subjectPath}/versions/${version}`;
  const cacheControl = version === 'latest' ? short : immutable;
  return [
    { path, hasPathsBelow: true, cacheControl },
    { path: `${path}/schema`, hasPathsBelow: false, cacheControl },
  ];
}

export function artifactPages(subjectPath: string, version: number): readonly Page[] {
  return artifactNames.map((name) => ({
    path: `${subjectPath}/versions/${version}/artifacts/${name}`,
    hasPathsBelow: false,
    cacheControl: made,
  }));
}

/** The same content by its id and by its fingerprint. */
export function schemaPages(id: number, fingerprint: string): readonly Page[] {
  return [String(id), fingerprint].map((key) => ({
    path: `/v1/schemas/${key}`,
    hasPathsBelow: false,
    cacheControl: immutable,
  }));
}

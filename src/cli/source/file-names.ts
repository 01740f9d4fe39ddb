/** What the name of a file says of it. */
import { basename, extname } from 'node:path';

export const extensions = ['.json', '.yaml', '.yml', '.ts', '.mts', '.js', '.mjs', '.avsc', '.proto'] as const;

/** Files of Herald's own that define no event. */
export const ours: ReadonlySet<string> = new Set([
  'catalog.json',
  'waivers.json',
  'deprecations.json',
  'herald.lock.json',
]);

/** Files of other tools that have these endings in every repository. */
const foreign = /^(package|package-lock|tsconfig.*|jsconfig|biome|deno|renovate|lerna|nx|turbo|composer)\.json$/;

export function isDefinitionFile(path: string): boolean {
  return hasDefinitionEnding(path) && !ours.has(basename(path)) && !isSkippedByName(path);
}

/** Files that could define an event by their ending and are left out for their name: the output says so to whoever meant one. */
export function isSkippedByName(path: string): boolean {
  const name = basename(path);
  if (!hasDefinitionEnding(path)) return false;
  return name.startsWith('.') || foreign.test(name) || /\.(test|spec|d|config)\.[mc]?[tj]s$/.test(name);
}

function hasDefinitionEnding(path: string): boolean {
  return extensions.some((extension) => path.endsWith(extension));
}

export function isModuleFile(path: string): boolean {
  return /\.m?[tj]s$/.test(path);
}

/** Of files that are no JSON Schema. */
export function nativeFormatOf(path: string): 'avro' | 'protobuf' | undefined {
  if (path.endsWith('.avsc')) return 'avro';
  return path.endsWith('.proto') ? 'protobuf' : undefined;
}

/** The file's name without its extension: `parliament.motionScheduled.v1`. */
export function subjectOf(path: string): string {
  return basename(path, extname(path));
}

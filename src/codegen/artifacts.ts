/** What a subject's version is handed out as. Pure: equal input gives equal bytes. */
import { bundled } from './bundle.ts';
import { CannotGenerate, maxTextLength } from './cannot-generate.ts';
import { classificationText } from './classification.ts';
import type { ArtifactInput } from './input.ts';
import { redactText, redactTypesText } from './redact.ts';
import { typesText } from './types.ts';
import type { PrintOptions } from './typescript.ts';
import { validatorText, validatorTypesText } from './validator/module.ts';

export type { ArtifactInput, Notice } from './input.ts';

export interface Artifact {
  /** File name, and the last segment of its route. */
  readonly name: string;
  readonly mediaType: string;
  readonly text: string;
}

interface ArtifactRow {
  readonly mediaType: string;
  readonly summary: string;
  make(input: ArtifactInput, options: PrintOptions): string;
}

/** A row is one file that can be asked for by its name; the HTTP route, `herald generate` and `herald pull` read it. */
const rows = {
  'types.ts': {
    mediaType: 'text/typescript; charset=utf-8',
    summary: 'TypeScript types of the payload and of the whole event.',
    make: typesText,
  },
  'schema.json': {
    mediaType: 'application/schema+json',
    summary: 'The JSON Schema, with everything it refers to.',
    make: ({ document }) => `${JSON.stringify(bundled(document), undefined, 2)}\n`,
  },
  'validator.js': {
    mediaType: 'text/javascript; charset=utf-8',
    summary: 'A validator of payload and event as an ES module that imports nothing.',
    make: validatorText,
  },
  'validator.d.ts': {
    mediaType: 'text/typescript; charset=utf-8',
    summary: 'The types of validator.js.',
    make: validatorTypesText,
  },
  'classification.json': {
    mediaType: 'application/json',
    summary: 'How sensitive the event and each of its fields is.',
    make: classificationText,
  },
  'redact.js': {
    mediaType: 'text/javascript; charset=utf-8',
    summary: 'Masks every field above a level, as an ES module that imports nothing.',
    make: redactText,
  },
  'redact.d.ts': {
    mediaType: 'text/typescript; charset=utf-8',
    summary: 'The types of redact.js.',
    make: redactTypesText,
  },
} as const satisfies Record<string, ArtifactRow>;

export type ArtifactName = keyof typeof rows;

export const artifactNames = Object.keys(rows) as readonly ArtifactName[];

/** What they are sent as, without parameters. */
export const artifactMediaTypes: readonly string[] = [
  ...new Set(Object.values(rows).map(({ mediaType }) => mediaType.replace(/;.*/, ''))),
];

export function isArtifactName(name: string): name is ArtifactName {
  return Object.hasOwn(rows, name);
}

/** One artifact of a version. Throws CannotGenerate. */
export function artifact(name: ArtifactName, input: ArtifactInput, options: PrintOptions = {}): Artifact {
  const { mediaType, make } = rows[name];
  const text = make(input, options);
  if (text.length > maxTextLength)
    throw new CannotGenerate(`${name} of ${input.subject} would be larger than ${maxTextLength / 1024 / 1024} MiB.`);
  return { name, mediaType, text };
}

/** All artifacts of a version, in the order of the table. */
export function artifacts(input: ArtifactInput, options: PrintOptions = {}): readonly Artifact[] {
  return artifactNames.map((name) => artifact(name, input, options));
}

/** Findings that no rule and no comparison makes: of files, catalogs, waivers and the life of a subject. `herald explain` reads a row. */

export interface OwnFinding {
  readonly meaning: string;
  /** What it does to a check or a registration. */
  readonly effect: string;
  readonly remedy: string;
}

export const ownFindings: Readonly<Record<string, OwnFinding>> = {
  FILE_UNREADABLE: {
    meaning: 'A file that should define an event cannot be read or run.',
    effect: 'The file is not checked; the check ends with exit code 2.',
    remedy: 'Mend what the message names, at the place it names.',
  },
  BASELINE_UNREADABLE: {
    meaning: 'The baseline has the event in a form that cannot be read or run, so nothing was compared.',
    effect:
      'For a module the check ends with exit code 3: what it defined is unknown. For other files it is a warning.',
    remedy:
      'Mend the file in a change of its own, commit what a build makes, change versions of packages apart from events, or check with --registry, which has the document itself.',
  },
  CATALOG_WEAKENED: {
    meaning:
      'The change lowers a demand of catalog.json: a level, a rule, an exception, an owner, a clearance, a period; or it breaks the envelope.',
    effect: 'An error. The change is checked as if the demand still held.',
    remedy: 'Restore the demand, or waive the finding (its subject is "catalog.json") where it is meant.',
  },
  COMPARISON_MARK_ADDED: {
    meaning: 'The change marks a place "x-compat": "ignore" that was compared until now.',
    effect: 'A warning. The change is checked as if the mark were not there; it counts from the next version on.',
    remedy: 'Register the mark in a version of its own, or waive what the change breaks.',
  },
  CATALOG_REMOVED: {
    meaning: 'A catalog.json is gone, and events are still below it.',
    effect: 'An error. The events are checked by the catalog of the baseline.',
    remedy: 'Bring the file back, or move its events to another catalog.',
  },
  SUBJECT_REMOVED: {
    meaning: 'The file of an event is gone, and nothing says that the event is retired.',
    effect: 'An error: its consumers find nothing.',
    remedy: 'Bring the file back and retire the event first: herald deprecate announce, and on from there.',
  },
  SUBJECT_RENAMED: {
    meaning:
      'An event has another name or another catalog: for its consumers that is a new event, and the old one is gone.',
    effect: 'An error: its consumers look for the old name.',
    remedy: 'Keep the old file beside the new one and announce its deprecation, with the new name as its successor.',
  },
  SUBJECT_DEPRECATED: {
    meaning: 'The event is on its way out: its deprecation was announced.',
    effect: 'A warning.',
    remedy: 'Publish and consume its successor, which the hint names.',
  },
  SUBJECT_RETIRED: {
    meaning: 'The event is retired.',
    effect: 'An error: no version of it is registered any more.',
    remedy: 'Use its successor, which the hint names.',
  },
  READER_BREAKS: {
    meaning:
      'A reader demands more than the schema says, and this change breaks that although the schema’s is compatible.',
    effect: 'An error; a warning where the catalog counts critical readers alone and this is none.',
    remedy: 'Keep what the reader requires, or let the reader require less first.',
  },
  READER_SAMPLE_REJECTED: {
    meaning: 'An event that a reader recorded as one it has to be able to read is none any more.',
    effect: 'An error; a warning where the catalog counts critical readers alone and this is none.',
    remedy: 'Keep the event valid, or let the reader take the sample out.',
  },
  READER_SAMPLE_SENSITIVE: {
    meaning:
      'An event that is recorded for a reader holds tagged data, data above the level that may be kept, or what no schema describes.',
    effect: 'An error in a contract, since a version is kept for ever; a warning where the reader declared it itself.',
    remedy: 'Leave the field out of the sample, or state "samples" in catalog.json.',
  },
  READER_ALREADY_REJECTS: {
    meaning: 'The schema that a reader requires rejects events that are sent already.',
    effect: 'A warning. A change counts against the reader only as far as it makes that worse.',
    remedy: 'Let the reader require less.',
  },
  READER_FIELD_GONE: {
    meaning: 'A reader reads a field that no event carries from this version on.',
    effect: 'A warning: where the field was optional the schema’s change is compatible, and the reader gets nothing.',
    remedy: 'Keep the field until its readers have moved.',
  },
  READER_FIELD_UNKNOWN: {
    meaning: 'A reader names a place where no event has anything.',
    effect: 'A warning.',
    remedy: 'Mend the pointer: "*" stands for any item of a list and any name.',
  },
  READER_SCHEMA_INVALID: {
    meaning: 'What a reader requires is no JSON Schema.',
    effect: 'An error, and the reader is taken to read everything.',
    remedy: 'Mend the schema.',
  },
  READER_REQUIRES_NOTHING: {
    meaning: 'The schema that a reader requires accepts everything, and so says nothing.',
    effect: 'A warning. It is not counted; a reader that says nothing else is taken to read everything.',
    remedy: 'Leave "requires" out; a service that reads nothing states "reads": [].',
  },
  READER_STATEMENTS_DIFFER: {
    meaning:
      'The file of a consumer says something else of what it reads than its declaration to the registry, or than the contract.',
    effect:
      'A warning. All of it counts together: a file cannot make a check milder than the registration, which does not have the file.',
    remedy: 'Publish the file (herald consume publish), or bring the contract into line.',
  },
  READER_DECLARED_TWICE: {
    meaning: 'A contract names one consumer twice, and they need not agree on what it reads.',
    effect: 'An error.',
    remedy: 'Name it once, with all that it reads.',
  },
  PIN_DEPRECATED: {
    meaning: 'The lock file (herald.lock.json) pins an event whose deprecation was announced.',
    effect: 'A warning.',
    remedy: 'Pull the successor, and acknowledge: herald deprecate acknowledge.',
  },
  WAIVER_EXPIRED: {
    meaning: 'A waiver is past its last day.',
    effect: 'A warning; the finding it was for counts again.',
    remedy: 'Mend the finding, or let a steward give the waiver again.',
  },
  WAIVER_TOO_LONG: {
    meaning: 'A waiver of waivers.json ends later than a registry would let it.',
    effect: 'An error, and the waiver excuses nothing.',
    remedy: 'Let it end within 366 days, or change the catalog where the permission is meant to last.',
  },
  WAIVER_UNUSED: {
    meaning: 'A waiver permits a finding that no check finds any more.',
    effect: 'A warning: permissions do not pile up.',
    remedy: 'Remove it from waivers.json, or withdraw it: herald waivers withdraw ID.',
  },
};

/** The one error of the events room. Its texts name places, subjects and limits; values of an event never stand in them. */

interface Row {
  readonly title: string;
  /** What whoever reads it can do. */
  readonly remedy: string;
  /**
   * What the relay and consumers do: `never` the same again fails the same way; `later` another attempt may succeed, and counts;
   * `outage` nothing can be done at all now, so that attempts do not count and nothing is parked.
   */
  readonly retry: 'never' | 'later' | 'outage';
}

/** A row is one code; the relay reads `retry`, people read the rest. */
export const eventFaults = {
  BUS_UNREACHABLE: {
    title: 'The broker does not answer.',
    remedy: 'Start the broker or correct its address; nothing is lost meanwhile.',
    retry: 'outage',
  },
  BUS_TIMEOUT: {
    title: 'The broker did not confirm in time.',
    remedy: 'It is tried again under the same id; look at the load of the broker if it stays so.',
    retry: 'later',
  },
  BUS_CLOSED: {
    title: 'The bus was closed.',
    remedy: 'Publish before close(), or make another bus.',
    retry: 'never',
  },
  BUS_FORBIDDEN: {
    title: 'The broker does not permit this.',
    remedy: 'Grant it what "herald access" lists for this service and subject.',
    retry: 'later',
  },
  BUS_UNSUPPORTED: {
    title: 'This broker cannot do what is asked.',
    remedy: 'Use a bus whose limits allow it, or leave the option out.',
    retry: 'never',
  },
  BUS_LIBRARY_MISSING: {
    title: 'The library of this broker is not installed.',
    remedy: 'Install the package the message names.',
    retry: 'never',
  },
  STREAM_MISSING: {
    title: 'The broker has no stream for this subject.',
    remedy: 'Let events.ensure(subjects) make it, or provision the broker from the catalog.',
    retry: 'outage',
  },
  MESSAGE_TOO_LARGE: {
    title: 'The message is larger than the broker takes.',
    remedy: 'Send a reference instead of the content, or raise the limit of the broker.',
    retry: 'never',
  },

  EVENT_UNKNOWN: {
    title: 'There is no such event.',
    remedy: 'Register its schema, or correct the name.',
    retry: 'never',
  },
  EVENT_INVALID: {
    title: 'The event breaks its contract.',
    remedy: 'Correct what stands at the places named in details.errors.',
    retry: 'never',
  },
  EVENT_FOREIGN: {
    title: 'The event belongs to another service.',
    remedy: 'Let its producer emit it, or publish an event of your own.',
    retry: 'never',
  },
  SUBJECT_RETIRED: {
    title: 'The subject is retired.',
    remedy: 'Publish its successor.',
    retry: 'never',
  },
  CONTRACT_UNAVAILABLE: {
    title: 'The contract cannot be had.',
    remedy: 'Start the registry, or pull the subject and give createClient the lock file with its schemas.',
    retry: 'outage',
  },
  BODY_NOT_JSON: {
    title: 'The body is not JSON.',
    remedy: 'Correct the publisher; the message is parked as it came.',
    retry: 'never',
  },
  CLOCK_AHEAD: {
    title: 'The event is from the future.',
    remedy: 'Set the clock of the publisher, or raise maxClockSkewMs.',
    retry: 'never',
  },
  CONSUMER_UNDECLARED: {
    title: 'The service is no declared consumer of the subject.',
    remedy: 'Name it among the consumers of the contract, or pass undeclared: "allow".',
    retry: 'never',
  },
  HANDLER_FAILED: {
    title: 'The handler threw.',
    remedy: 'Mend the handler and redrive the event.',
    retry: 'later',
  },
  HANDLER_TIMEOUT: {
    title: 'The handler did not return in time.',
    remedy: 'Let it heed context.signal, or raise handlerTimeoutMs.',
    retry: 'later',
  },
  HANDLER_PARKED: {
    title: 'The handler asked for the event to be parked.',
    remedy: 'See its reason; redrive or discard the event.',
    retry: 'never',
  },
  POISON_SUSPECTED: {
    title: 'The process ended each time it handled this event.',
    remedy: 'Find out why before it is redriven.',
    retry: 'never',
  },
  EVENT_BUSY: {
    title: 'Another process is handling this event.',
    remedy: 'It comes again by itself.',
    retry: 'outage',
  },
  STORE_MISSING: {
    title: 'This needs a store.',
    remedy: 'Pass one to createEvents, such as sqlStore(sql).',
    retry: 'never',
  },
  STORE_UNREACHABLE: {
    title: 'The database does not answer.',
    remedy: 'Start the database; nothing is lost meanwhile.',
    retry: 'outage',
  },
  STORE_NOT_MIGRATED: {
    title: 'The database does not have the tables of the event store.',
    remedy: 'Call store.migrate(), or run what "herald events ddl" prints.',
    retry: 'outage',
  },
  DATABASE_UNKNOWN: {
    title: 'This is no database or transaction the event store can use.',
    remedy: 'Pass one of postgres.js, pg, Drizzle or PGlite, or { query(text, values) }.',
    retry: 'never',
  },
  PARKED_NOT_FOUND: {
    title: 'There is no such parked event.',
    remedy: 'List what is parked with "herald parked list".',
    retry: 'never',
  },
  MAPPING_FAILED: {
    title: 'The mapping to the successor does not hold for this event.',
    remedy: 'Correct the mapping of the deprecation plan and redrive the event.',
    retry: 'never',
  },
  ARCHIVE_INVALID: {
    title: 'The archive cannot be used.',
    remedy: 'Fetch it again from where it was kept, or archive the stream anew.',
    retry: 'never',
  },
  ARCHIVE_UNAVAILABLE: {
    title: 'The place of the archive cannot be read or written.',
    remedy:
      'Look at the name of the bucket, at the credentials and what they permit, and at AWS_ENDPOINT_URL and AWS_REGION.',
    retry: 'never',
  },
  OPTIONS_INVALID: {
    title: 'An option cannot be used.',
    remedy: 'Correct the option the message names.',
    retry: 'never',
  },
} as const satisfies Record<string, Row>;

export type EventFaultCode = keyof typeof eventFaults;

export type EventFaultDetails = Readonly<Record<string, unknown>>;

export class EventFault extends Error {
  readonly code: EventFaultCode;
  readonly details: EventFaultDetails;

  /** `message` says what happened here; the remedy of the table follows it. */
  constructor(
    code: EventFaultCode,
    details: EventFaultDetails = {},
    options: { readonly message?: string; readonly remedy?: string; readonly cause?: unknown } = {},
  ) {
    const { title, remedy } = eventFaults[code];
    super(
      `${options.message ?? title} ${options.remedy ?? remedy}`,
      options.cause === undefined ? undefined : { cause: options.cause },
    );
    this.name = 'EventFault';
    this.code = code;
    this.details = details;
  }

  get retry(): 'never' | 'later' | 'outage' {
    return eventFaults[this.code].retry;
  }
}

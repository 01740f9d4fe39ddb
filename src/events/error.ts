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
    remedy: 'Let bus.ensure(channels) make it, or provision the broker from the catalog.',
    retry: 'outage',
  },
  MESSAGE_TOO_LARGE: {
    title: 'The message is larger than the broker takes.',
    remedy: 'Send a reference instead of the content, or raise the limit of the broker.',
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

/** The HTTP headers that announce a deprecation. */

export interface Notice {
  readonly successor: string;
  /** `YYYY-MM-DD`. */
  readonly announcedOn: string;
  readonly sunset: string;
}

export interface NoticeHeaders {
  /** RFC 9745: `@` and Unix seconds. */
  readonly Deprecation: string;
  /** RFC 8594: an HTTP date. */
  readonly Sunset: string;
  /** RFC 8288, with the relation `successor-version` of RFC 5829. */
  readonly Link: string;
}

/** `successorUrl` is the path or URL of the successor subject. */
export function noticeHeaders(notice: Notice, successorUrl: string): NoticeHeaders {
  const midnight = (date: string) => new Date(`${date}T00:00:00Z`);
  return {
    Deprecation: `@${midnight(notice.announcedOn).getTime() / 1_000}`,
    Sunset: midnight(notice.sunset).toUTCString(),
    Link: `<${successorUrl}>; rel="successor-version"`,
  };
}

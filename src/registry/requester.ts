/** For whom work is done. */
export interface Requester {
  /** Among whom work is shared out fairly: the actor, or the connection where nobody says who they are. */
  readonly queue: string;
  /** The queues of all for whom it is done, once for each part, where several share it: its time is divided among them. */
  readonly sharing?: readonly string[];
  /** Aborted when the caller hangs up or the process closes: then nobody wants the result. */
  readonly signal?: AbortSignal;
}

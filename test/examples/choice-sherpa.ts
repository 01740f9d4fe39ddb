/** As `herald generate schemas/choice-sherpa` types it, as far as the example needs it. */
export interface Events {
  'session.created': {
    event_id: string;
    event_type: 'session.created';
    payload: { session_id: string; user_id: string; title: string; created_at: string };
  };
}

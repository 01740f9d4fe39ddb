export type Case = {
  /** inert beside the reference */
  a: Id;
  b?: unknown;
  c?: 'x';
};

export type Id = string;

export type _3dSecure = {
  on?: boolean;
};

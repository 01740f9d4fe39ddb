export type Case = {
  a: Id;
  b?: unknown;
  c?: 'x';
};

export type Id = string;

export type _3dSecure = {
  on?: boolean;
};

export type Case = {
  open?: [string?, number?, ...unknown[]];
  exact?: [number, number];
  rest?: [string, ...(number | null)[]];
  capped?: [string?, string?];
  choice?: [('a' | 'b')?];
};

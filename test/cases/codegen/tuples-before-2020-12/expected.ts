export type Case = {
  pair?: [string, number];
  rest?: [string?, ...boolean[]];
  list?: string[];
};

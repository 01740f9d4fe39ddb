export type Case = {
  texts?: {
    en?: string;
    de?: string;
    x?: number;
    y?: number;
  };
  byKey?: {
    a?: number;
    b?: number;
  };
  byPattern?: {
    left?: string;
    right?: string;
  };
};

export type Key = 'a' | 'b';

export type Case = {
  level: 'low' | 'high' | null;
  code: 1 | 2;
  flag: boolean;
  fixed: {
    a: [1, 'b'];
  };
  whole: 'it\'s "quoted"\n*/';
};

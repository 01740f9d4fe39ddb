export type Case =
  & AVeryLongNameOfSomething0
  & AVeryLongNameOfSomething1
  & AVeryLongNameOfSomething2
  & AVeryLongNameOfSomething3
  & AVeryLongNameOfSomething4
  & AVeryLongNameOfSomething5
  & AVeryLongNameOfSomething6
  & AVeryLongNameOfSomething7
  & {
      choice?: (
        | AVeryLongNameOfSomething0
        | AVeryLongNameOfSomething1
        | AVeryLongNameOfSomething2
        | AVeryLongNameOfSomething3
        | AVeryLongNameOfSomething4
        | AVeryLongNameOfSomething5
        | AVeryLongNameOfSomething6
        | AVeryLongNameOfSomething7
      )[];
      aMemberWithQuiteALongName?:
        | 'one of the literals'
        | 'another of the literals'
        | 'and a third literal';
    };

export type AVeryLongNameOfSomething0 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p0?: string;
};

export type AVeryLongNameOfSomething1 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p1?: string;
};

export type AVeryLongNameOfSomething2 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p2?: string;
};

export type AVeryLongNameOfSomething3 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p3?: string;
};

export type AVeryLongNameOfSomething4 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p4?: string;
};

export type AVeryLongNameOfSomething5 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p5?: string;
};

export type AVeryLongNameOfSomething6 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p6?: string;
};

export type AVeryLongNameOfSomething7 = {
  /**
   * word word word word word word word word word word word word word word word word word word word
   * word word word word word word word word word word word word word word word word word word word
   * word word
   */
  p7?: string;
};

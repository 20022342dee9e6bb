/** Reads one parameter of an item by its stored name; hidden parameters give undefined, expressions that yield nothing give null. */
export type ReadParameter = (name: string) => unknown;

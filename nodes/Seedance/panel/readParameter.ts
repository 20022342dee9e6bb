/** Reads one parameter of an item by its stored name; hidden parameters give undefined. */
export type ReadParameter = (name: string) => unknown;

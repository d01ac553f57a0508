/** Gives that many bytes that nobody can guess; a parameter wherever chance is needed, so that tests can fix it. */
export type RandomBytes = (sizeBytes: number) => Uint8Array;

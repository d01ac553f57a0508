/** That many unpredictable bytes. A parameter wherever randomness is needed, so that tests can fix it. */
export type RandomBytes = (sizeBytes: number) => Uint8Array;

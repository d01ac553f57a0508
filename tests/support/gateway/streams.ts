/** The streams that workerd has, and Node has not. */
Object.assign(globalThis, {
  IdentityTransformStream: TransformStream,
  FixedLengthStream: class extends TransformStream {
    constructor(_length: number) {
      super();
    }
  },
});

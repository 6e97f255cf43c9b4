import fc from "fast-check"

/**
 * Text of any code points. The unit "binary" of fast-check means the same, and takes seconds to be made, because it
 * brings a list of its own along.
 */
export const anyText: fc.Arbitrary<string> = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
    .map((codePoint) => String.fromCodePoint(codePoint)),
})

/** The part of aw-parser that the tests use. */
declare module "aw-parser" {
  interface Token {
    type: string;
    text: string;
  }
  const reader: {
    parser: { parse: (script: string, config: Record<string, boolean>) => { title_page: Token[]; tokens: Token[] } };
  };
  export default reader;
}

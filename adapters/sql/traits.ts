/** `,archived,remote,`: one trait is found by its delimiters, alike in both databases. None is empty text. */
export function writeTraits(traits: readonly string[]): string {
  return traits.length === 0 ? '' : `,${traits.join()},`
}

export function readTraits(text: string): string[] {
  return text === '' ? [] : text.slice(1, -1).split(',')
}

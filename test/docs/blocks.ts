/** A fenced block of TypeScript, as it stands in a document. */
export interface Block {
  /** The heading that it stands under. */
  section: string
  /** The line of the document on which its code begins. */
  line: number
  code: string
  /** Whether it is only an excerpt, which cannot run by itself: the fence says `no-run`. */
  runs: boolean
}

const FENCE = /^```(\w*)\s*(.*)$/

/** The `ts` blocks of a Markdown text. */
export function typescriptBlocks(markdown: string): Block[] {
  const blocks: Block[] = []
  let section = ''
  let fence: { language: string; info: string; line: number; code: string[] } | null = null
  for (const [index, text] of markdown.split('\n').entries()) {
    const mark = FENCE.exec(text)
    if (fence === null) {
      section = /^#+ (.*)$/.exec(text)?.[1] ?? section
      if (mark) fence = { language: mark[1]!, info: mark[2]!, line: index + 2, code: [] }
    } else if (mark) {
      const { language, info, line, code } = fence
      if (language === 'ts') blocks.push({ section, line, code: code.join('\n'), runs: info !== 'no-run' })
      fence = null
    } else {
      fence.code.push(text)
    }
  }
  return blocks
}

/** What stands between `<!-- name -->` and `<!-- /name -->`. */
export function marked(markdown: string, name: string): string {
  const [, between] = new RegExp(`<!-- ${name} -->\\n([\\s\\S]*?)<!-- /${name} -->`).exec(markdown) ?? []
  if (between === undefined) throw new Error(`the README has no part marked ${name}`)
  return between
}

/** The cells of the first table in a text, without its head. */
export function tableRows(markdown: string): string[][] {
  const lines = markdown.split('\n').filter((line) => line.startsWith('|'))
  return lines.slice(2).map((line) =>
    line
      .slice(1, -1)
      .split(/(?<!\\)\|/)
      .map((cell) => cell.trim()),
  )
}

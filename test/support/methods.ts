/** The path of every function of an object and of the objects in it, such as `links.create`. */
export function methodsOf(value: object, path = ''): string[] {
  return Object.entries(value).flatMap(([name, part]): string[] => {
    const here = path === '' ? name : `${path}.${name}`
    if (typeof part === 'function') return [here]
    return typeof part === 'object' && part !== null ? methodsOf(part, here) : []
  })
}

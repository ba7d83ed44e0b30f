export * from './change.ts'
export * from './condition.ts'
export * from './facts.ts'
export * from './store.ts'

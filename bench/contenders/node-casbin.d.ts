/** What the bench uses of node-casbin, so that its types are checked where its packages are not installed. */

declare module 'casbin' {
  export interface Model {}
  export interface Enforcer {
    addPolicies(rules: string[][]): Promise<boolean>
    addGroupingPolicies(rules: string[][]): Promise<boolean>
    addNamedGroupingPolicies(name: string, rules: string[][]): Promise<boolean>
    enforceSync(subject: string, object: string, action: string): boolean
  }
  export function newModel(text: string): Model
  export function newEnforcer(model: Model): Promise<Enforcer>
}

/** A text with `{name}` places; where it counts something, one form per plural rule of its language. */
export type Message = string | PluralForms
export type PluralForms = { readonly other: string } & Readonly<Partial<Record<Intl.LDMLPluralRule, string>>>
export type Params = Readonly<Record<string, string | number>>

/** Fills in the places of a text; a place nothing is given for stays as it is. */
export function fillIn(text: string, params: Params): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => {
    const value = params[name]
    return value === undefined ? place : String(value)
  })
}

/** The form of a message for the number `n` of its parameters. */
export function chooseForm(message: Message, n: number, rules: Intl.PluralRules): string {
  if (typeof message === 'string') return message
  return message[rules.select(n)] ?? message.other
}
